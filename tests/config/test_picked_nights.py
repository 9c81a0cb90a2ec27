"""A night that looks only at whom something changed for leaves exactly what one that looks at everybody would."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

import cases.nightly
import risk.nightly
from cases import stages
from cases.callbacks import set_callback
from cases.claims import says_paid
from cases.models import Case, StagePlan
from cases.moves import MoveError
from cases.promises import PromiseRefusedError, record_promise
from cases.reasons import record_reason
from contacts.holds import HoldError, lift_hold, place_hold
from contacts.logbook import log_past_contact
from contacts.models import Contact, Hold
from dunning.slots import report
from lending.models import Change, ContactPoint, Loan, Payment, Product
from lending.parties import (
    ContactPointError,
    NewContactPoint,
    add_contact_point,
    add_contact_points,
    retire_contact_point,
)
from lending.posting import post_payment
from reachable import make_contact
from risk.models import BorrowerRisk
from staff.models import Role, User
from tests.lending.book.books import AT
from tests.lending.book.random_books import Life

pytestmark = pytest.mark.django_db


class Desk:
    """People who work the cases of a living book by day, and its nights."""

    def __init__(self, random: Random, *, loans: int) -> None:
        self.random = random
        self.life = Life(random, loans=loans)
        for loan in Loan.objects.filter(pk__in=list(Loan.objects.values_list("pk", flat=True))[1::3]):
            Loan.objects.filter(pk=loan.pk).update(borrower=Loan.objects.order_by("pk").first().borrower)  # type: ignore[union-attr]
        self.agent = User.objects.create_user("li", role=Role.SUPERVISOR)
        self.life.book.pay = self._pay  # type: ignore[method-assign]

    def nights(self, days: int) -> Iterator[date]:
        """So many nights, each followed by a day on which people do something."""
        acts: list[Callable[[Case], object]] = [
            self._talk, self._talk, self._message, self._hold, self._lift, self._promise, self._claim, self._call_back,
            self._reason, self._add_number, self._import_number, self._lose_number,
        ]  # fmt: skip
        for on in self.life.live(days):
            yield on
            for case in Case.objects.open().select_related("borrower").order_by("pk"):
                while self.random.random() < 0.25:
                    case.refresh_from_db()
                    try:
                        with transaction.atomic():
                            self.random.choice(acts)(case)
                    except (PromiseRefusedError, HoldError, ContactPointError, MoveError):
                        continue

    @property
    def on(self) -> date:
        return self.life.on

    @property
    def at(self) -> datetime:
        """Ten in the morning in Shanghai."""
        return datetime(self.on.year, self.on.month, self.on.day, 2, tzinfo=UTC)

    def _pay(self, loan: Loan, value_on: str, amount: int, **_: Any) -> Payment:
        """Money as of the day of this life, at times for some days ahead."""
        ahead = timedelta(days=self.random.choice([0, 0, 1, 3]))
        return post_payment(
            loan=loan, reference=self.life.book.new("R"), value_on=date.fromisoformat(value_on) + ahead, amount=amount,
            currency="CNY", channel=Payment.Channel.IMPORT, on=self.on, at=AT,
        )  # fmt: skip

    def _talk(self, case: Case) -> None:
        log_past_contact(
            borrower=case.borrower, channel="call", direction="out", purpose="demand", note="", by=self.agent,
            outcome=self.random.choice(["right_party", "no_answer", "busy", "other_person"]), at=self.at,
            happened_at=self.at - timedelta(days=self.random.choice([0, 0, 1, 9]), hours=self.random.randint(0, 8)),
        )  # fmt: skip

    def _message(self, case: Case) -> None:
        slot = make_contact(case.borrower, self.at, "sms", state=Contact.State.RESERVED, outcome="", purpose="reminder")
        report([slot.pk], outcome=Contact.Outcome.SENT, at=self.at)

    def _hold(self, case: Case) -> None:
        from_on = self.on + timedelta(days=self.random.choice([0, 0, 2]))
        to_on = self.random.choice([None, from_on, from_on + timedelta(days=self.random.randint(1, 12))])
        kind = self.random.choice(["dispute", "illness"])
        place_hold(
            borrower=case.borrower, kind=kind, reason="said so", from_on=from_on, to_on=to_on, by=self.agent, at=self.at
        )

    def _lift(self, case: Case) -> None:
        for hold in Hold.objects.filter(borrower=case.borrower, lifted_at=None):
            lift_hold(hold, by=self.agent, at=self.at)

    def _promise(self, case: Case) -> None:
        due_on = self.on + timedelta(days=self.random.randint(0, 8))
        amount = self.random.choice([1, 50_00, 300_00])
        record_promise(case=case, amount=amount, due_on=due_on, by=self.agent, at=AT, on=self.on, replace=True)

    def _claim(self, case: Case) -> None:
        says_paid(case=case, note="", by=self.agent, at=self.at, on=self.on)

    def _call_back(self, case: Case) -> None:
        callback_at = self.at + timedelta(hours=self.random.randint(1, 150))
        set_callback(case=case, callback_at=callback_at, by=self.agent, at=self.at, on=self.on)

    def _reason(self, case: Case) -> None:
        code = self.random.choice(["job_loss", "cash_gap", "unwilling", "forgot"])
        record_reason(case=case, code=code, note="", by=self.agent, at=self.at, on=self.on)

    def _add_number(self, case: Case) -> None:
        add_contact_point(
            borrower=case.borrower, kind="mobile", value="13800138000", source="", by=self.agent, at=self.at
        )

    def _import_number(self, case: Case) -> None:
        add_contact_points([NewContactPoint(case.borrower, "13900139000", "mobile", "")], at=self.at)

    def _lose_number(self, case: Case) -> None:
        for point in ContactPoint.objects.filter(borrower=case.borrower, retired_at=None):
            retire_contact_point(point, by=self.agent, at=self.at)


def publish_plan(*, from_on: date) -> None:
    """Stages that also look at the risk and the product, and watch for three days only."""
    first, *later = stages.HOUSE.stages
    product = Product.objects.order_by("pk").values_list("code", flat=True)[0]
    others = (stages.Other("late", "", "high", "M1", "M2"), stages.Other("middle", product, "", "M1", "M1"))
    plan = stages.Plan((first._replace(watch_days=3, rest_days=1), *later), others)
    change = Change.objects.create(
        kind="stages",
        subject="stages",
        from_on=from_on,
        content={},
        words="",
        maker=User.objects.create_user("maker", role=Role.MANAGER),
        made_at=AT,
    )
    StagePlan.objects.create(valid_from=from_on, content=stages.content_of(plan), change=change)
    stages.forget()


def scores() -> list[Any]:
    return list(BorrowerRisk.objects.order_by("pk").values())


def plans() -> list[Any]:
    return list(Case.objects.order_by("pk").values())


@pytest.mark.parametrize("seed", range(4))
def test_a_night_leaves_what_a_full_one_would(seed: int) -> None:
    desk = Desk(Random(seed), loans=9)

    for on in desk.nights(30):
        if seed % 2 and not StagePlan.objects.exists():
            publish_plan(from_on=on + timedelta(days=9))
        risk.nightly.run(on=on, at=desk.at)
        picked_scores = scores()
        risk.nightly.run(on=on, at=desk.at, everybody=True)
        assert scores() == picked_scores, on
        cases.nightly.run(on=on, at=desk.at)
        picked_plans = plans()
        cases.nightly.run(on=on, at=desk.at, everybody=True)
        assert plans() == picked_plans, on
