"""What this floor adds to the loan page: the way to the borrower's case."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import LIVE_STATES, Case
from lending.edge import StaffRequest
from lending.models import Loan
from lending.pages import Link, register_link, register_question
from staff.models import User
from staff.statements import Blank


def _case_seen(person: User) -> QuerySet[Any, Any]:
    """The open case, else the newest that this person sees."""
    cases = Case.objects.visible_to(person).filter(borrower=Blank("borrower"))
    is_ended = models.Case(When(state__in=LIVE_STATES, then=0), default=1)
    return cases.order_by(is_ended, "-pk").values_list("pk")[:1]


def case_of(request: StaffRequest, loan: Loan) -> Iterator[Link]:
    if pk := request.known["case"]:
        yield Link(_("Case"), reverse("case_page", args=[pk]), "cases", "c")


register_question("case", _case_seen)
register_link(case_of)
