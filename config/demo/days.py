"""The last days before the demo's day, lived through the services: calls, reasons, promises, payments, reminders.

Each morning the day is closed; then people work. So promises are judged by payments, reminders go out once, and the record
holds who did what, as it would after days of real use.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from cases.assignment import CapacityError, assign
from cases.callbacks import set_callback
from cases.claims import says_paid
from cases.models import Case, DelayReason
from cases.notes import add_note
from cases.promises import PromiseRefusedError, record_promise
from cases.reasons import is_reason_wanted, record_reason
from config.demo import plans
from config.demo.book import chunks
from config.demo.mailbox import deliver
from config.demo.talk import CALLS, HOLDS, NOTES, REASONS, Reason
from contacts.holds import place_hold
from contacts.logbook import log_past_contact
from contacts.models import Channel, Contact, Purpose
from contacts.optouts import opt_out
from lending.exposure import exposures
from lending.models import Arrears, Payment
from lending.posting import post_payment
from restructuring.models import PlanRequest
from staff.models import User

CALLS_A_DAY = 3
DEMO_AGENT_CALLS_A_DAY = 20
"""How many cases each agent works on a demo day; the one whom visitors sign in as has most to show."""


def instant(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day in the business time zone."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(settings.TIME_ZONE))


class Days:
    """The days as they are lived; every chance is drawn from one seed."""

    def __init__(self, supervisor: User, agents: Sequence[User], chance: Random) -> None:
        self.supervisor = supervisor
        self.agents = list(agents)
        self.chance = chance
        self.owed: list[tuple[date, Case, int]] = []
        """Promised money that will come: day, case, amount."""
        self.plans: list[PlanRequest] = []
        """Asked for yesterday, to be decided today."""

    def live(self, day: date) -> None:
        """One day of work after its close."""
        with transaction.atomic():
            self._receive(day)
            self._assign(day)
            for agent in self.agents:
                self._work(agent, day)
            self._plan(day)
        deliver(instant(day, 12))

    def begin(self, day: date, *, has_past: bool) -> None:
        """The last day, before anybody has called: new cases are assigned, the morning's money is in, and the day's
        reminders wait for the worker that comes with the console. Where no day was lived before, the calls of the early
        morning are made.
        """
        with transaction.atomic():
            self._receive(day)
            self._assign(day)
            if not has_past:
                for agent in self.agents:
                    self._work(agent, day)
            self._leave_for_today(day)

    def _receive(self, day: date) -> None:
        """Promised payments that arrive on this day."""
        for n, (_, case, amount) in enumerate([one for one in self.owed if one[0] == day]):
            worst = Arrears.objects.filter(loan__borrower=case.borrower_id).order_by("oldest_due_on").first()
            if worst:
                post_payment(
                    loan=worst.loan,
                    reference=f"D-{day:%y%m%d}-{n:03d}",
                    value_on=day,
                    amount=amount,
                    currency=worst.loan.currency,
                    channel=Payment.Channel.IMPORT,
                    on=day,
                    at=instant(day, 9, n % 60),
                )

    def _assign(self, day: date) -> None:
        """The supervisor shares out most of what is new, as far as capacity goes; the rest waits in the pool."""
        unassigned = Case.objects.unassigned()
        most = min(unassigned.count() * 3 // 4, sum(agent.capacity for agent in self.agents))
        to_share = list(unassigned.order_by("pk")[:most])
        present = [agent for agent in self.agents if not agent.is_absent(day)]
        for n, share in enumerate(chunks(to_share, 12)):
            try:
                assign(share, to=present[n % len(present)], by=self.supervisor, at=instant(day, 8, 30), on=day)
            except CapacityError:
                continue

    def _work(self, agent: User, day: date) -> None:
        in_hand = list(Case.objects.open().filter(owner=agent).select_related("borrower").order_by("pk"))
        calls = DEMO_AGENT_CALLS_A_DAY if agent == self.agents[0] else CALLS_A_DAY
        todays = self.chance.sample(in_hand, min(calls, len(in_hand)))
        for n, case in enumerate(todays):
            self._call(case, agent, day, instant(day, 9 + n // 3, 5 + 17 * (n % 3)))

    def _call(self, case: Case, agent: User, day: date, at: datetime) -> None:
        outcome = self.chance.choices([one for one, _ in CALLS], [weight for _, weight in CALLS])[0]
        log_past_contact(
            borrower=case.borrower,
            channel=Channel.CALL,
            direction=Contact.Direction.OUT,
            purpose=Purpose.DEMAND,
            outcome=outcome,
            happened_at=at,
            note="",
            by=agent,
            at=at + timedelta(minutes=4),
        )
        if outcome == Contact.Outcome.RIGHT_PARTY:
            self._talk(case, agent, day, at + timedelta(minutes=4))

    def _talk(self, case: Case, agent: User, day: date, at: datetime) -> None:
        reason = self.chance.choices(REASONS, [one.weight for one in REASONS])[0]
        words = reason.said_zh if case.borrower.language.startswith("zh") else reason.said
        if is_reason_wanted(case):
            record_reason(case=case, code=reason.code, note=words, by=agent, at=at, on=day)
        draw = self.chance.random()
        if draw < reason.promises:
            self._promise(case, agent, day, at)
        elif draw < reason.promises + 0.12:
            says_paid(case=case, note="", by=agent, at=at, on=day)
        elif draw < reason.promises + 0.3:
            tomorrow = instant(day + timedelta(days=1), 10, 30)
            set_callback(case=case, callback_at=tomorrow, by=agent, at=at, on=day)
        if self.chance.random() < 0.35:
            note = self.chance.choice(NOTES)
            add_note(case=case, text=note[case.borrower.language.startswith("zh")], by=agent, at=at)
        self._circumstances(case, reason, agent, day, at)

    def _promise(self, case: Case, agent: User, day: date, at: datetime) -> None:
        owed = exposures([case.borrower_id], on=day)[case.borrower_id]
        amount = max(owed.overdue * self.chance.choice([40, 60, 100]) // 100, 1)
        due_on = day + timedelta(days=self.chance.randint(1, 6))
        try:
            record_promise(case=case, amount=amount, due_on=due_on, by=agent, at=at, on=day)
        except PromiseRefusedError:
            return
        if self.chance.random() < 0.6:
            self.owed.append((due_on, case, amount))

    def _circumstances(self, case: Case, reason: Reason, agent: User, day: date, at: datetime) -> None:
        hold = HOLDS.get(reason.code)
        if hold and self.chance.random() < 0.4 and not case.borrower.holds.filter(lifted_at=None).exists():
            until = day + timedelta(days=self.chance.randint(10, 30))
            place_hold(borrower=case.borrower, kind=hold, reason=reason.said, from_on=day, to_on=until, by=agent, at=at)
        elif self.chance.random() < 0.04:
            opt_out(borrower=case.borrower, channel=Channel.SMS, evidence="Said on the call", by=agent, at=at)

    def _plan(self, day: date) -> None:
        """Yesterday's requests are decided, one a day; the demo's agent asks for another."""
        manager, agent = User.objects.get(username="manager"), self.agents[0]
        for n, plan in enumerate(plans.waiting(self.plans)):
            if n == 0:
                plans.approve_and_accept(plan, manager=manager, agent=agent, at=instant(day, 17), on=day)
            else:
                plans.send_back(plan, manager=manager, at=instant(day, 17, 10), on=day)
        self.plans = plans.ask(2, by=agent, at=instant(day, 17, 30), on=day)

    def _leave_for_today(self, day: date) -> None:
        """What the demo's agent finds first: callbacks at set times, and a first case nobody has asked about."""
        agent = self.agents[0]
        quiet = Case.objects.open().filter(owner=agent, reason_behind=DelayReason.Code.CASH_GAP).order_by("pk")[:3]
        for hour, case in enumerate(quiet, start=10):
            set_callback(case=case, callback_at=instant(day, hour, 30), by=agent, at=instant(day, 8, 45), on=day)
        plans.ask(2, by=self.agents[-1], at=instant(day, 8, 50), on=day)
