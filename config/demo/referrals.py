"""Cases that others take a hand in, in the demo: an agency under contract with some placements, one of which brought money, a batch that
waits for the manager, a visit that is to be made, and a suit that is filed.

They are cases at the end of the list, so that the first ones of the day are there to be worked.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from cases.models import Case, CaseQuerySet
from cases.referrals import asking, deciding, going
from cases.referrals.agencies import evaluate
from cases.referrals.errors import ReferralError
from cases.referrals.models import Agency, Referral
from cases.referrals.reporting import report_contact
from config.demo.days import instant
from contacts.models import Channel, Contact, Hold
from lending import changes
from lending.models import Arrears, Change, Payment
from lending.parties import ContactPointError, add_contact_point
from lending.posting import post_payment
from staff.models import User

AGENCIES = {
    "fair-recovery": ("Fair Recovery", "公平催收服务", "lender.example/agencies", [120_000, 150_000, 180_000, 220_000]),
    "river-partners": ("River Partners", "江河合作", "", [100_000, 130_000, 160_000, 200_000]),
}
"""Code, names, where the white list names it (the second is not listed yet), and the commission from the first bucket on."""
DAY = timedelta(days=1)
STREET = "{city}解放路{n}号"
PLACED, WAITING = 3, 4


class Referrals:
    def __init__(self, supervisor: User, agents: Sequence[User]) -> None:
        self.supervisor = supervisor
        self.agents = list(agents)
        self.manager = User.objects.get(username="manager")

    @transaction.atomic
    def make(self, day: date) -> None:
        """The first day: agencies under contract, and some cases placed with the one that stands on the list."""
        at = instant(day, 8)
        for code in AGENCIES:
            self._agency(code, day)
        fair = Agency.objects.get(code="fair-recovery")
        evaluate(
            fair,
            grade="good",
            words="Forty calls listened to, two visits to its rooms.",
            by=self.manager,
            at=at,
            on=day,
        )
        placed = self._first(
            self._spare(),
            PLACED,
            lambda case: asking.ask(
                case=case, kind="agency", words="Not reached for weeks.", until_on=day + 60 * DAY, agency=fair,
                by=self.supervisor, at=at, on=day,
            ),
        )  # fmt: skip
        for referral in placed:
            deciding.decide(referral, approve=True, words="", by=self.manager, at=instant(day, 8, 30), on=day)

    @transaction.atomic
    def live(self, day: date) -> None:
        """What the agency does on a day: a call on each, and on the first some money comes."""
        placed = list(Referral.objects.placed().select_related("case__borrower", "agency", "terms").order_by("pk"))
        for n, referral in enumerate(placed):
            outcome = Contact.Outcome.RIGHT_PARTY if n == 0 else Contact.Outcome.NO_ANSWER
            called = instant(day, 14, n)
            report_contact(
                referral, channel=Channel.CALL, outcome=outcome, happened_at=called, by=self.supervisor,
                at=called + timedelta(minutes=5), on=day,
            )  # fmt: skip
        if placed:
            self._pay(placed[0], day)

    def _pay(self, referral: Referral, day: date) -> None:
        """A fifth of what was placed comes in on the first of its loans."""
        row = referral.loans.select_related("loan").order_by("pk").first()
        if row and Arrears.objects.past_due().filter(loan=row.loan).exists():
            post_payment(
                loan=row.loan, reference=f"D-A-{day:%y%m%d}", value_on=day, amount=max(row.overdue // 5, 1),
                currency=row.loan.currency, channel=Payment.Channel.IMPORT, on=day, at=instant(day, 15),
            )  # fmt: skip

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """What the last morning begins with."""
        if not Agency.objects.exists():
            self.make(day)
        fair = Agency.objects.get(code="fair-recovery")
        at = instant(day, 8, 20)
        asking.ask_batch(
            list(self._spare()[:WAITING]), agency=fair, words="Late, and no promise in a month.", until_on=day + 45 * DAY,
            by=self.supervisor, at=at, on=day,
        )  # fmt: skip
        self._suit(day)
        for referral in self._visits(day):
            deciding.decide(referral, approve=True, words="", by=self.supervisor, at=instant(day, 8, 40), on=day)
        self._first(
            self._spare(),
            1,
            lambda case: asking.ask(
                case=case, kind="mediation", words="双方对利息有分歧，愿意坐下来谈。", until_on=day + 30 * DAY,
                by=self.agents[0], at=at, on=day,
            ),
        )  # fmt: skip

    def _suit(self, day: date) -> None:
        at = instant(day, 8, 25)
        asked = self._first(
            self._spare(),
            1,
            lambda case: asking.ask(
                case=case, kind="lawsuit", words="The limitation period ends this winter.", until_on=day + 300 * DAY,
                by=self.supervisor, at=at, on=day,
            ),
        )  # fmt: skip
        for suit in asked:
            deciding.decide(suit, approve=True, words="", by=self.manager, at=at, on=day)
            told: dict[str, Any] = {"by": self.supervisor, "at": at, "on": day, "happened_on": day}
            going.move(suit, stage="prepared", words="Contract, ledger and demands are bound.", **told)
            going.move(
                suit, stage="filed", words="Handed in at the district court.", document="2026-M-117", cost=5_000,
                currency=suit.loans.select_related("loan")[0].loan.currency, **told,
            )  # fmt: skip

    def _visits(self, day: date) -> list[Referral]:
        """A visit to a borrower of the demo's own agent, on the first of the next days on which the gate lets them go."""
        agent, other = self.agents[0], self.agents[1]

        def ask(case: Case) -> Referral:
            self._address(case, day)
            for ahead in range(1, 6):
                try:
                    return asking.ask(
                        case=case, kind="visit", words="No number works. See whether the address does.",
                        until_on=day + 10 * DAY, first_visitor=agent, second_visitor=other,
                        visit_at=instant(day + ahead * DAY, 10, 30), by=agent, at=instant(day, 8, 35), on=day,
                    )  # fmt: skip
                except ReferralError as error:
                    refused = error
            raise refused

        return self._first(self._spare().filter(owner=agent), 1, ask)

    def _address(self, case: Case, day: date) -> None:
        street = STREET.format(city="上海市浦东新区", n=case.pk % 200 + 1)
        try:
            add_contact_point(
                borrower=case.borrower,
                kind="address",
                value=street,
                source="lender",
                by=self.agents[0],
                at=instant(day, 8, 30),
            )
        except ContactPointError:
            return  # known already

    def _spare(self) -> CaseQuerySet:
        """Cases in hand that nobody else works and no hold stops, the least urgent first."""
        there = Referral.objects.unfinished().values("case")
        held = Hold.objects.filter(lifted_at=None).values("borrower")
        cases = Case.objects.open().filter(owner__in=self.agents).exclude(pk__in=there).exclude(borrower__in=held)
        return cases.select_related("borrower").order_by("priority", "pk")

    def _first(self, cases: Iterable[Case], most: int, act: Callable[[Case], Referral]) -> list[Referral]:
        """Do it for the first cases for which it can be done."""
        made: list[Referral] = []
        for case in cases:
            if len(made) == most:
                break
            try:
                with transaction.atomic():
                    made.append(act(case))
            except ReferralError:
                continue
        return made

    def _agency(self, code: str, day: date) -> None:
        name, name_zh, listed_at, rates = AGENCIES[code]
        commission = dict(zip(("M1", "M2", "M3", "M4"), rates, strict=True)) | dict.fromkeys(
            ("M5", "M6", "M7"), rates[-1]
        )
        content = {
            "name": name, "name_zh": name_zh, "listed_at": listed_at, "days_max": 90, "channels": ["call", "sms"],
            "contract_from": (day - 200 * DAY).isoformat(), "contract_to": (day + 165 * DAY).isoformat(),
            "commission": commission,
        }  # fmt: skip
        change = changes.propose(
            kind=Change.Kind.AGENCY, subject=code, from_on=day, content=content, words="The contract of this year.",
            by=self.supervisor, at=instant(day, 7, 30), on=day,
        )  # fmt: skip
        changes.decide(
            change, approve=True, words="", payload_hash=change.payload_hash, by=self.manager, at=instant(day, 7, 45), on=day
        )  # fmt: skip
