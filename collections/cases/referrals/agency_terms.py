"""An agency's dated terms: put forward by one person and decided by a second, in the way of all terms (`lending.changes`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.referrals.models import Agency, AgencyTerms
from contacts.models import Channel
from lending.changes import HANDLERS, ChangeError, Handler, Line
from lending.models import Change
from lending.money import PPM

BUCKETS: Final = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")
LABELS: Final[Mapping[str, str | Promise]] = {
    "name": gettext_lazy("Name in English"),
    "name_zh": gettext_lazy("Name in Chinese"),
    "listed_at": gettext_lazy("Where the white list names it"),
    "contract_from": gettext_lazy("Contract from"),
    "contract_to": gettext_lazy("Contract to"),
    "days_max": gettext_lazy("Longest placement, in days"),
    "channels": gettext_lazy("How it may contact borrowers"),
    "commission": gettext_lazy("Commission by bucket"),
}


def terms_of(version: AgencyTerms) -> dict[str, Any]:
    """The version as plain values, as a change carries them."""
    return {
        **{name: getattr(version, name) for name in ("name", "name_zh", "listed_at", "days_max", "channels", "commission")},
        "contract_from": version.contract_from.isoformat(),
        "contract_to": version.contract_to.isoformat(),
    }  # fmt: skip


def percent(ppm: int) -> str:
    """150000 parts per million are 15 %."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + " %"


def commission_words(commission: Mapping[str, int]) -> str:
    return _(", ").join(f"{bucket} {percent(commission[bucket])}" for bucket in BUCKETS if commission.get(bucket))


def channels_words(channels: list[str]) -> str:
    return _(", ").join(str(Channel(each).label) for each in channels)


def compared(before: AgencyTerms | None, after: Mapping[str, Any]) -> list[Line]:
    """Two versions side by side."""
    old = terms_of(before) if before else None
    return [Line(str(label), _words(name, old) if old else "", _words(name, after)) for name, label in LABELS.items()]


def _words(name: str, terms: Mapping[str, Any]) -> str:
    if name == "commission":
        return commission_words(terms[name])
    return channels_words(terms[name]) if name == "channels" else str(terms[name])


def newest(code: str) -> AgencyTerms | None:
    return AgencyTerms.objects.filter(agency__code=code).order_by("-valid_from").first()


def _check(change: Change, on: date) -> None:
    content, last = change.content, newest(change.subject)
    if last and change.from_on <= last.valid_from:
        day = last.valid_from.isoformat()
        raise ChangeError(_("A new version begins after the one of %(day)s.") % {"day": day}, "valid_from")
    if content["contract_to"] < content["contract_from"]:
        raise ChangeError(_("The last day lies before the first."), "contract_to")
    if any(not 0 <= ppm < PPM for ppm in content["commission"].values()):
        raise ChangeError(_("A commission is less than everything."), "commission")
    if not set(content["channels"]) <= set(Channel.values):
        raise ChangeError(_("There is no such way of contact."), "channels")
    if last and terms_of(last) == content:
        raise ChangeError(_("Nothing differs from the version before."))


def _apply(change: Change, on: date) -> None:
    agency, _is_new = Agency.objects.get_or_create(code=change.subject)
    content = dict(change.content)
    days = {name: date.fromisoformat(content.pop(name)) for name in ("contract_from", "contract_to")}
    AgencyTerms.objects.create(agency=agency, valid_from=change.from_on, change=change, **days, **content)


def _lines(change: Change) -> list[Line]:
    before = AgencyTerms.objects.filter(agency__code=change.subject, valid_from__lt=change.from_on)
    return compared(before.order_by("-valid_from").first(), change.content)


HANDLERS[Change.Kind.AGENCY] = Handler(_check, _apply, _lines)
