"""The scripts that stand beside a call from a case, as the drawer shows them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases.facts import LoanNow
from cases.models import Case
from cases.scripts.choosing import Call, choose, in_force, lines_of, text_of
from cases.scripts.models import Script
from contacts.models import Contact
from staff.models import User

SHOWN_MAX = 3


class Shown(NamedTuple):
    heading: str
    lang: str
    lines: list[str]


def beside(
    case: Case, loans: Sequence[LoanNow], *, agent: User, on: date, direction: str = Contact.Direction.OUT
) -> list[Shown]:
    """For the borrower the closest few, and what to say when somebody else answers. One query."""
    scripts = in_force(on)
    call = Call(case.stage, case.reason_behind, direction)
    mine = choose(scripts, call)[:SHOWN_MAX]
    theirs = choose(scripts, call._replace(is_third_party=True))[:1]
    return [_shown(script, case.borrower.language, loans, agent) for script in [*mine, *theirs]]


def beside_asking(case: Case, loans: Sequence[LoanNow], *, agent: User, on: date) -> list[Shown]:
    """What is said to somebody else who is asked how to reach the borrower."""
    found = choose(in_force(on), Call(case.stage, "", Contact.Direction.OUT, is_third_party=True))
    return [_shown(script, case.borrower.language, loans, agent) for script in found]


def _shown(script: Script, language: str, loans: Sequence[LoanNow], agent: User) -> Shown:
    lender = loans[0].funder if loans else ""
    lines = list(lines_of(text_of(script, language, lender=lender, agent=str(agent))))
    return Shown(_heading(script), "zh-Hans" if language.startswith("zh") else "en", lines)


def _heading(script: Script) -> str:
    """When it is said, in words."""
    if script.is_third_party:
        return _("If somebody else answers")
    parts = [
        script.get_reason_display() if script.reason else "",
        script.get_direction_display() if script.direction else "",
        script.get_stage_display() if script.stage else "",
    ]
    return " · ".join(part for part in parts if part) or _("For every call")
