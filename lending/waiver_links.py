"""What waivers add to the loan page: asking for one, proposing a write-off, or seeing the request that waits."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lending.edge import StaffRequest
from lending.models import Loan
from lending.pages import Link, register_link
from lending.waiving import waiting_for
from staff.matrix import may


@register_link
def waiver_links(request: StaffRequest, loan: Loan) -> Iterator[Link]:
    role = request.user.role
    if loan.status == Loan.Status.PAID or not may(role, "lending.waive"):
        return
    if waiting := waiting_for(loan):
        yield Link(waiting.get_kind_display(), reverse("waiver_page", args=[waiting.pk]), icon="approvals", key="w")
        return
    yield Link(_("Waive"), reverse("waive", args=[loan.number]), icon="approvals", key="w", in_drawer=True)
    if loan.status == Loan.Status.ACTIVE and may(role, "lending.write_off"):
        yield Link(_("Write off"), reverse("write_off", args=[loan.number]), icon="close", in_drawer=True)
