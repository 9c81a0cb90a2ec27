"""To whom the demo's loans are owed: a funder's rights, loans of two funders, a guarantor who has paid for some."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from config.demo.catalogue import YEAR
from config.demo.days import instant
from lending.changes import ChangeError, decide, propose
from lending.funder_terms import terms_of as funder_terms_of
from lending.guarantees_due import due
from lending.guarantor_payments import give_notice, propose_payment
from lending.models import ALWAYS, AssignmentNotice, Change, Funder, GuarantorPayment, Loan
from lending.parties import get_product
from lending.product_terms import terms_of as product_terms_of
from lending.rights import Instrument, Right
from lending.versions import as_it_stands
from staff.models import User

GUARANTOR = {
    "name": "Dunan Guarantee",
    "name_zh": "盾安融资担保",
    "signature": "Dunan Guarantee",
    "signature_zh": "盾安担保",
    "service_phone": "400-000-0009",
}
ASKS = {
    Instrument.WAIVE_INTEREST: Right.CONSENT,
    Instrument.SETTLEMENT: Right.CONSENT,
    Instrument.WAIVE_PRINCIPAL: Right.NEVER,
}
TRIGGER_DAYS = 60
SHARED_LOANS, PAID_LOANS = 12, 5


class Agreements:
    """What the supervisor puts forward and the manager decides."""

    def __init__(self, supervisor: User) -> None:
        self.maker = supervisor
        self.checker = User.objects.get(username="manager")

    @transaction.atomic
    def make(self, day: date) -> None:
        """What is agreed on the demo's first day: rights, shares, a guarantee, and what the guarantor paid."""
        at = instant(day, 7)
        Funder.objects.get_or_create(code="dunan", defaults=GUARANTOR)
        heron = Funder.objects.get(code="heron")
        rights = {str(each): str(ASKS.get(each, Right.FREE)) for each in Instrument}
        self._agree(
            Change.Kind.FUNDER, "heron", funder_terms_of(as_it_stands(heron)) | {"rights": rights}, ALWAYS.replace(year=2020),
            "As the master agreement says.", day, at,
        )  # fmt: skip
        for loan in Loan.objects.filter(funder__code="anhe").order_by("number")[:SHARED_LOANS]:
            content: dict[str, Any] = {"shares": {"anhe": 700_000, "mingde": 300_000}}
            self._agree(
                Change.Kind.SHARES, loan.number, content, loan.start_on, "Joint lending, 70 to 30.", day, at, loan
            )
        content = {
            "loan": "",
            "funder": "puhui",
            "product": "",
            "guarantor": "dunan",
            "cap_ppm": 15 * YEAR,
            "trigger_days": TRIGGER_DAYS,
        }
        self._agree(
            Change.Kind.GUARANTEE, "puhui/*", content, ALWAYS.replace(year=2020), "Guarantee agreement.", day, at
        )
        for n, row in enumerate(due(Loan.objects.all(), day)[:PAID_LOANS], start=1):
            self._guarantor_paid(row.loan, n, day, at)

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """What the manager finds on the last day: new terms for a product, and a payment of the guarantor."""
        at = instant(day, 8, 55)
        terms = product_terms_of(get_product("cash"))
        changed = terms | {"penalty_rate_ppm": terms["penalty_rate_ppm"] * 9 // 10, "grace_days": 5}
        self._ask(
            Change.Kind.PRODUCT, "cash", changed, day + timedelta(days=60), "All-in cost below 24 % a year.", day, at
        )
        for row in due(Loan.objects.all(), day)[:1]:
            self._ask_payment(row.loan, f"DC-{day:%y%m%d}-W", day, at)

    def _guarantor_paid(self, loan: Loan, n: int, day: date, at: datetime) -> None:
        change = self._ask_payment(loan, f"DC-{day:%y%m%d}-{n:03d}", day, at)
        if change is None:
            return
        self._decide(change, day, at)
        if n % 2:
            payment = GuarantorPayment.objects.get(change=change)
            told = {"means": AssignmentNotice.Means.LETTER, "evidence": f"EMS 10{n:07d}"}
            give_notice(payment, given_on=day, by=self.maker, at=at, **told)

    def _ask_payment(self, loan: Loan, reference: str, day: date, at: datetime) -> Change | None:
        """None where the guarantee has no room left."""
        words = "The bank's statement shows it."
        try:
            return propose_payment(
                loan=loan, paid_on=day, whole=False, reference=reference, words=words, by=self.maker, at=at, on=day
            )
        except ChangeError:
            return None

    def _agree(self, *asked: Any) -> None:
        *_rest, day, at = asked[:7]
        self._decide(self._ask(*asked), day, at)

    def _ask(
        self, kind: str, subject: str, content: dict[str, Any], from_on: date, words: str, day: date, at: datetime,
        loan: Loan | None = None,
    ) -> Change:  # fmt: skip
        return propose(
            kind=kind,
            subject=subject,
            from_on=from_on,
            content=content,
            words=words,
            by=self.maker,
            at=at,
            on=day,
            loan=loan,
        )

    def _decide(self, change: Change, day: date, at: datetime) -> None:
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=self.checker, at=at, on=day)
