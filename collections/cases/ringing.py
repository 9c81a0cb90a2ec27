"""Who is calling now, for the person whose desk it rings or whose case it is about."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from cases.models import Case
from contacts.inbound import ringing
from contacts.names import display_names
from staff.models import User


class Caller(NamedTuple):
    """A case whose borrower, or somebody on their behalf, is calling."""

    case: int
    name: str


def callers_for(user: User, at: datetime) -> list[Caller]:
    """Open cases within this person's sight whose number rings: at their own desk, or at nobody's where the case is theirs."""
    calls = ringing(at)
    mine = Q(owner=user, borrower__in=calls.filter(agent=None).values("contact__borrower"))
    here = Q(borrower__in=calls.filter(agent=user).values("contact__borrower"))
    cases = list(Case.objects.visible_to(user).open().filter(mine | here).select_related("borrower").order_by("pk"))
    names = display_names([case.borrower for case in cases], user) if cases else {}
    return [Caller(case.pk, names[case.borrower_id]) for case in cases]
