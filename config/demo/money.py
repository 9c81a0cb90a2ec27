"""Ways to pay in the demo: pay links open and paid, consent to debits that failed and are tried again, loans by the day that are
paid down, and money that came twice and waits to go back.

What the provider would say is told to the console as its webhook would; nothing leaves.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from cases.models import Case
from config.demo.catalogue import FLEXIBLE
from config.demo.days import instant
from lending import providers
from lending.codes import DEBIT, LINK, code_of_key
from lending.debits import DebitError, ask_debit
from lending.loopback import NAME, take_link
from lending.mandates import record_mandate
from lending.models import Borrower, Debit, Loan, LoopbackOrder, Mandate, PayLink, Payment
from lending.pay_links import PayLinkError, choices_for, make_link
from lending.payment_events import Event, take
from lending.personal import keyed_digest
from lending.posting import post_payment
from lending.refunding import request_refund
from restructuring.models import PlanRequest
from staff.models import User

LINKS_OPEN = 3
LINK_DAYS = 5
ACCOUNT, BANK = "62220200000078{:02d}", "ICBC 工商银行"
"""The loopback bank pays from accounts that end so."""
TWICE = 50_00


class Money:
    """What the demo's agent asks for, and the supervisor where money came twice."""

    def __init__(self, supervisor: User, agent: User) -> None:
        self.supervisor = supervisor
        self.agent = agent
        self.asked: set[int] = set()
        self.failed: list[Debit] = []
        self.accounts = 0

    @transaction.atomic
    def live(self, day: date) -> None:
        """A day of work: a link is paid, a debit goes through every second day and fails on the others."""
        if providers.is_offered():
            for link in self._links(1, day, instant(day, 11)):
                self._answer(link, "payment.succeeded", day, instant(day, 13))
            self._debit(day, instant(day, 14))
        self._pay_down(day, instant(day, 15))

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """What the last morning begins with: open links, a debit asked for again, a refund to be decided."""
        if providers.is_offered():
            list(self._links(LINKS_OPEN, day, instant(day, 8, 40)))
            for debit in self.failed[-1:]:
                self._ask(debit.loan, debit.mandate, day, instant(day, 8, 45))
        self._came_twice(day, instant(day, 8, 50))

    def _links(self, count: int, day: date, at: datetime) -> Iterator[PayLink]:
        """Links for all that is due, which the loopback's page knows."""
        for loan in self._candidates(day):
            due = next((choice for choice in choices_for(loan, day) if choice.covers == PayLink.Covers.DUE), None)
            if count == 0 or due is None:
                return
            code = code_of_key(LINK, "demo", loan.number, day.isoformat())
            try:
                link = make_link(
                    loan=loan, covers=due.covers, amount=due.amount, expires_at=instant(day + timedelta(LINK_DAYS), 0),
                    on=day, at=at, by=self.agent, code=code,
                )  # fmt: skip
            except PayLinkError:
                continue
            order = take_link(providers.link_body(link))
            token = keyed_digest("Demo", code)
            LoopbackOrder.objects.filter(pk=order.pk).update(token=token)
            url = settings.PUBLIC_URL + reverse("loopback_pay", args=[token])
            PayLink.objects.filter(pk=link.pk).update(told=PayLink.State.OPEN, url=url)
            count -= 1
            yield link

    def _debit(self, day: date, at: datetime) -> None:
        for loan in self._candidates(day):
            self.accounts += 1
            mandate = record_mandate(
                borrower=loan.borrower, account=ACCOUNT.format(self.accounts), bank=BANK, from_on=day,
                evidence=f"recording {self.accounts:06d}", at=at, by=self.agent,
            )  # fmt: skip
            debit = self._ask(loan, mandate, day, at)
            if debit is None:
                continue
            if self.accounts % 2:
                self._answer(debit, "debit.failed", day, at + timedelta(minutes=2), detail="insufficient_funds")
                self.failed.append(debit)
            else:
                self._answer(debit, "debit.succeeded", day, at + timedelta(minutes=2))
            return

    def _ask(self, loan: Loan, mandate: Mandate, day: date, at: datetime) -> Debit | None:
        """None where something stands in the way of a debit that day."""
        due = next((choice for choice in choices_for(loan, day) if choice.covers == PayLink.Covers.DUE), None)
        code = code_of_key(DEBIT, "demo", loan.number, day.isoformat())
        try:
            return due and ask_debit(
                loan=loan, mandate=mandate, amount=due.amount, on=day, at=at, by=self.agent, code=code
            )
        except DebitError:
            return None

    def _answer(self, asked: PayLink | Debit, kind: str, day: date, at: datetime, detail: str = "") -> None:
        """What the provider's webhook would say."""
        event = Event(
            f"{asked.code}-{kind}", kind, at, asked.loan.number, f"LB-{asked.code}", asked.amount, asked.currency,
            asked.code, detail,
        )  # fmt: skip
        take(NAME, event, received_at=at, on=day)
        LoopbackOrder.objects.filter(code=asked.code).update(state=LoopbackOrder.State.PAID, is_told=True, answer_at=at)

    def _pay_down(self, day: date, at: datetime) -> None:
        """A third of what is owed on one loan by the day: it prepays, and interest falls from then on."""
        lent = Loan.objects.filter(product__code=FLEXIBLE.code, status=Loan.Status.ACTIVE, start_on__lt=day)
        for loan in lent.filter(payments=None).order_by("pk")[:1]:
            self._post(loan, f"FX-{day:%y%m%d}", loan.principal // 3, day, at)

    def _came_twice(self, day: date, at: datetime) -> None:
        """The payer sent more for a loan that is paid off; the supervisor asks for it to go back."""
        for loan in Loan.objects.filter(status=Loan.Status.PAID).order_by("pk")[:1]:
            payment = self._post(loan, f"TW-{day:%y%m%d}", TWICE, day, at)
            request_refund(
                payment, amount=TWICE, reason="Paid twice 重复还款; to the account it came from.", by=self.supervisor,
                at=at, on=day,
            )  # fmt: skip

    def _post(self, loan: Loan, reference: str, amount: int, day: date, at: datetime) -> Payment:
        return post_payment(
            loan=loan,
            reference=reference,
            value_on=day,
            amount=amount,
            currency=loan.currency,
            channel=Payment.Channel.IMPORT,
            on=day,
            at=at,
        )

    def _candidates(self, day: date) -> Iterator[Loan]:
        """Loans past due of the agent's borrowers, each asked about once and without a plan."""
        mine = Borrower.objects.filter(cases__in=Case.objects.open().filter(owner=self.agent))
        late = Loan.objects.in_arrears().filter(borrower__in=mine, currency="CNY", start_on__lt=day)
        planned = PlanRequest.objects.values("loan")
        for loan in late.exclude(pk__in=planned).select_related("borrower", "product", "funder").order_by("pk"):
            if loan.pk not in self.asked:
                self.asked.add(loan.pk)
                yield loan
