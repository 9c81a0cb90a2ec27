"""Approvals of the demo beyond one person's limits: a plan that waits for its second approver, one approved by a stand-in, and one that
nobody decided in time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from cases.models import Case, DelayReason
from config.demo.days import instant
from config.demo.plans import SAID
from lending.models import Loan
from restructuring.asking import PlanRefusedError, propose_now, request_plan, reshape_now
from restructuring.deciding import BeyondLimitError, decide
from restructuring.finding import Shape
from restructuring.models import Decision, Means, PlanRequest
from restructuring.payload import shown_hash
from restructuring.rules import review_new
from restructuring.standing_in import name_stand_in
from restructuring.stating import state_means
from staff.models import Role, User

INTEREST_FREE = Shape(60, rate="0")
"""A personalised plan: five years without interest, which gives up more than a manager alone may."""
ILL = DelayReason.Code.ILLNESS
LEAVE_DAYS = 5
TRIES = 60


class Approvals:
    """A second manager, who approves first and then goes on leave with the supervisor standing in."""

    def __init__(self, supervisor: User, agents: Sequence[User]) -> None:
        self.supervisor, self.agents = supervisor, list(agents)
        self.second, _new = User.objects.get_or_create(
            username="he.ping", defaults={"display_name": "He Ping 何平", "role": Role.MANAGER, "password": "!"}
        )

    def begin(self, first: date) -> None:
        """A deferral that nobody decides: after two days it is with the managers."""
        self._defer(30, day=first, hour=11)

    def leave_waiting(self, day: date) -> None:
        self._ask_two(day)
        name_stand_in(
            person=self.supervisor, from_on=day, to_on=day + timedelta(days=LEAVE_DAYS - 1), reason="Annual leave",
            by=self.second, at=instant(day, 8, 40), on=day,
        )  # fmt: skip
        plan = self._defer(60, day=day, hour=8)
        if plan:
            self._approve(plan, self.supervisor, day, "Within the limits of He Ping, who is away.")

    def _ask_two(self, day: date) -> None:
        """The first loan for which five years without interest need two approvers; one of them has approved."""
        for loan, agent in self._candidates(dearest_first=True):
            steps = INTEREST_FREE.steps
            try:
                proposal = reshape_now(loan, steps=steps, on=day)
            except PlanRefusedError:
                continue
            means = Means(
                borrower=loan.borrower, income=proposal.highest * 2 + 300_000, housing=120_000, food=120_000,
                papers="SLIP-07, CLINIC-12", stated_on=day,
            )  # fmt: skip
            first = review_new(proposal, loan, by=agent, on=day, means=means).first
            if first is None or first.limit is None or first.limit.approvers < 2:
                continue
            who: dict[str, Any] = {"by": agent, "at": instant(day, 8, 2), "on": day}
            plan = self._ask(loan, who, shown=shown_hash(proposal), steps=steps, means=state_means(means, **who))
            if plan:
                self._approve(plan, self.second, day, "Long treatment, good papers: the best that can come back.")
                return

    def _defer(self, days: int, *, day: date, hour: int) -> PlanRequest | None:
        for loan, agent in self._candidates():
            who: dict[str, Any] = {"by": agent, "at": instant(day, hour, 10), "on": day}
            try:
                shown = shown_hash(propose_now(loan, days=days, on=day))
            except PlanRefusedError:
                continue
            if plan := self._ask(loan, who, shown=shown, days=days):
                return plan
        return None

    def _ask(self, loan: Loan, who: Mapping[str, Any], **asked: Any) -> PlanRequest | None:
        words = SAID[ILL][loan.borrower.language.startswith("zh")]
        try:
            return request_plan(loan=loan, reason=ILL, explanation=words, **asked, **who)
        except PlanRefusedError:
            return None

    def _approve(self, plan: PlanRequest, by: User, day: date, reason: str) -> None:
        try:
            decide(
                plan=plan, verdict=Decision.Verdict.APPROVE, reason=reason, payload_hash=plan.payload_hash, by=by,
                at=instant(day, 8, 50), on=day,
            )  # fmt: skip
        except BeyondLimitError:
            return

    def _candidates(self, *, dearest_first: bool = False) -> Iterator[tuple[Loan, User]]:
        """Loans in arrears without a plan of the agents' open cases, with whose they are."""
        owners = dict(Case.objects.open().filter(owner__in=self.agents).values_list("borrower", "owner"))
        people = {agent.pk: agent for agent in self.agents}
        loans = Loan.objects.in_arrears().filter(borrower__in=owners, plan_requests=None)
        order = ("-principal", "pk") if dearest_first else ("pk",)
        for loan in loans.select_related("borrower", "product").order_by(*order)[:TRIES]:
            yield loan, people[owners[loan.borrower_id]]
