"""The page of conduct: refusals of the gate, promises kept and broken, and the log of what was seen in full."""

from datetime import timedelta

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.quality import conduct
from contacts.edge import StaffRequest
from contacts.models import Reveal
from staff.access import audience

DAYS = 30


@audience("cases.quality_read")
def review_conduct(request: StaffRequest) -> HttpResponse:
    since = request.now - timedelta(days=DAYS)
    seen = conduct.reveals(request.user, since)
    context = {
        "days": DAYS,
        "refusals": conduct.refusals(request.user, since),
        "promises": conduct.promises(request.user, local_day(since)),
        "reveals": [(each, _kind(each)) for each in seen],
        "is_cut": len(seen) == conduct.REVEALS_SHOWN,
    }
    return TemplateResponse(request, "cases/quality/conduct.html", context)


def _kind(reveal: Reveal) -> str:
    what = reveal.what.partition(":")[0]
    names = {"name": _("name"), "identity": _("identity number"), "point": _("number or address")}
    return names.get(what, what)
