"""Twenty borrowers in arrears in one agent's hands at ten in the morning, each for another reason and in the order of My day."""

from datetime import timedelta
from typing import Any, NamedTuple

from behind import NOW, TODAY, close_day, instant, make_loan
from cases.models import Case, PaidClaim, Promise
from cases.promises import record_promise
from cases.reckoning import reckon
from contacts.holds import place_hold
from contacts.models import Contact
from reachable import SHANGHAI, make_borrower, make_contact
from risk.models import BorrowerRisk
from staff.models import User

NEW_YORK = "America/New_York"
"""There it is ten in the evening."""


class Part(NamedTuple):
    """One borrower: how late and by how much (major units), and why now, in the words of My day."""

    name: str
    days: int
    amount: int
    why: str = "not contacted yet"
    zone: str = SHANGHAI


CAST = (
    Part("promised today", 40, 900, "promise of CNY 900.00 due today"),
    Part("promised yesterday", 40, 900, "promise of CNY 900.00 was due on 14 July 2026"),
    Part("asked to be called", 10, 900, "callback at 09:30"),
    Part("broke a promise", 40, 900, "came back from a broken promise"),
    Part("said has paid", 40, 900, "said has paid, but nothing came by 14 July 2026"),
    Part("fell behind again", 10, 900, "behind again while it was watched"),
    Part("forgot, large", 2, 9_000, "first days late, pays when reminded"),
    Part("forgot, small", 2, 900, "first days late, pays when reminded"),
    Part("third month, large", 70, 9_000),
    Part("third month, small", 70, 5_000),
    Part("lives in New York", 40, 9_000, zone=NEW_YORK),
    Part("lent the phone", 40, 6_000),
    Part("was shouted at", 40, 4_000),
    Part("fourth month", 100, 6_000),
    Part("is ill", 10, 9_000),
    Part("wants to speak to a colleague", 10, 7_000),
    Part("is at work", 10, 5_000),
    Part("wrote when it will be", 10, 3_000),
    Part("was called often", 10, 900, "in arrears, no promise"),
    Part("disputes the debt", 10, 900, "on hold: Dispute"),
)


def make_morning(agent: User) -> dict[str, Case]:
    """The cases by name, in the order in which they are to be worked."""
    for number, part in enumerate(CAST):
        borrower = make_borrower(f"B{number:02}", zone=part.zone, phone=f"138001380{number:02}")
        make_loan(borrower, days=part.days, amount=part.amount * 100)
    close_day(TODAY)
    Case.objects.update(owner=agent)
    by_ref = {case.borrower.ref: case for case in Case.objects.select_related("borrower")}
    cases = {part.name: by_ref[f"B{number:02}"] for number, part in enumerate(CAST)}
    _what_went_before(cases, agent)
    reckon(Case.objects.open(), on=TODAY)
    for case in cases.values():
        case.refresh_from_db()
    return cases


def _what_went_before(cases: dict[str, Case], agent: User) -> None:
    yesterday = TODAY - timedelta(days=1)
    _promised(cases["promised today"], agent, days=0)
    _promised(cases["promised yesterday"], agent, days=-1)
    _of(cases["asked to be called"], callback_at=NOW - timedelta(minutes=30))
    Promise.objects.create(
        case=cases["broke a promise"], amount=90_000, currency="CNY", due_on=yesterday - timedelta(days=3),
        made_on=yesterday - timedelta(days=6), made_at=NOW - timedelta(days=6), taken_by=agent,
        state=Promise.State.BROKEN, judged_on=yesterday,
    )  # fmt: skip
    PaidClaim.objects.create(
        case=cases["said has paid"], on=yesterday - timedelta(days=2), until_on=yesterday, at=NOW, by=agent
    )
    _of(cases["fell behind again"], returned_on=yesterday)
    for name in ("forgot, large", "forgot, small"):
        BorrowerRisk.objects.create(borrower=cases[name].borrower, as_of=TODAY, ability=50, willingness=80)
    for minutes in (100, 70, 40):
        make_contact(
            cases["was called often"].borrower, NOW - timedelta(minutes=minutes), outcome=Contact.Outcome.OTHER_PERSON,
            connected=True,
        )  # fmt: skip
    week_ago = TODAY - timedelta(days=7)
    place_hold(
        borrower=cases["disputes the debt"].borrower, kind="dispute", reason="Says it is not theirs.", from_on=week_ago,
        to_on=None, by=agent, at=instant(week_ago),
    )  # fmt: skip


def _promised(case: Case, agent: User, *, days: int) -> None:
    made_on = TODAY - timedelta(days=3)
    due_on = TODAY + timedelta(days=days)
    record_promise(case=case, amount=90_000, due_on=due_on, by=agent, at=instant(made_on), on=made_on)


def _of(case: Case, **columns: Any) -> None:
    Case.objects.filter(pk=case.pk).update(**columns)
