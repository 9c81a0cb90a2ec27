"""What waivers add to the loan page: asking for one, proposing a write-off, or seeing the request that waits."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lending.edge import StaffRequest
from lending.models import Loan, WaiverRequest
from lending.pages import Link, register_link, register_question
from staff.matrix import may
from staff.models import User
from staff.statements import Blank


def _waiting(person: User) -> QuerySet[Any, Any]:
    return WaiverRequest.objects.waiting().filter(loan=Blank("loan")).values_list("pk")[:1]


register_question("waiver", _waiting)


@register_link
def waiver_links(request: StaffRequest, loan: Loan) -> Iterator[Link]:
    role = request.user.role
    if loan.status == Loan.Status.PAID or not may(role, "lending.waive"):
        return
    if waiting := request.known["waiver"]:
        yield Link(_("Waiver waits"), reverse("waiver_page", args=[waiting]), icon="approvals", key="w")
        return
    yield Link(_("Waive"), reverse("waive", args=[loan.number]), icon="approvals", key="w", in_drawer=True)
    if loan.status == Loan.Status.ACTIVE and may(role, "lending.write_off"):
        yield Link(_("Write off"), reverse("write_off", args=[loan.number]), icon="close", in_drawer=True)
