"""Links, consents and debits as tests make them, and the events that answer them."""

from datetime import datetime, timedelta
from typing import Any

from behind import NOW, TODAY
from lending.debits import ask_debit
from lending.mandates import record_mandate
from lending.models import Debit, Loan, Mandate, PayLink
from lending.pay_links import choices_for, make_link
from signed import post_signed
from staff.models import User
from staff.outside import Reply, Result

URL = "/webhooks/payments/paywell/"
SECRETS = "paywell:new:s3cret"
ACCEPTED = Reply(Result.ACCEPTED, {"status": "accepted", "id": "1", "url": "https://pay.example.com/x"})


class Provider:
    """Plays the payment provider: remembers what it was told, and answers as it is set up to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any], str]] = []
        self.reply: Reply | BaseException = ACCEPTED

    def __call__(self, url: str, body: dict[str, Any], *, key: str, secret: str = "", **_: Any) -> Reply:
        self.told.append((url.rpartition("/payments/")[2], body, key))
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply

    @property
    def paths(self) -> list[str]:
        return [path for path, _body, _key in self.told]

    @property
    def keys(self) -> list[str]:
        return [key for _path, _body, key in self.told]


def make(
    loan: Loan, by: User, *, covers: str = "due", amount: int | None = None, at: datetime = NOW, **more: Any
) -> PayLink:
    """A link for all that is due, three days long, unless told otherwise."""
    offered = {str(choice.covers): choice.amount for choice in choices_for(loan, TODAY)}
    asked = offered[covers] if amount is None else amount
    given: dict[str, Any] = {"expires_at": at + timedelta(days=3), "on": TODAY} | more
    return make_link(loan=loan, covers=covers, amount=asked, at=at, by=by, **given)


def consent(loan: Loan, by: User, *, account: str = "6222 0212 3456 7890", **more: Any) -> Mandate:
    given: dict[str, Any] = {"bank": "ICBC", "evidence": "REC-17", "from_on": TODAY} | more
    return record_mandate(borrower=loan.borrower, account=account, at=NOW, by=by, **given)


def ask(loan: Loan, by: User, *, mandate: Mandate | None = None, amount: int = 20_000, at: datetime = NOW) -> Debit:
    mandate = mandate or Mandate.objects.filter(borrower=loan.borrower).first() or consent(loan, by)
    return ask_debit(loan=loan, mandate=mandate, amount=amount, on=TODAY, at=at, by=by)


def answer(asked: PayLink | Debit, number: str = "e1", **other: Any) -> dict[str, Any]:
    """The event that says that the money asked for came."""
    event = {
        "event_id": number,
        "type": "payment.succeeded",
        "at": "2026-07-15T03:00:00Z",
        "order": asked.code,
        "loan_number": asked.loan.number,
        "amount": asked.amount,
        "currency": asked.currency,
        "reference": f"r-{number}",
    }
    return event | other


def tell(body: dict[str, Any]) -> tuple[int, Any]:
    answered = post_signed(URL, body, secret="s3cret")
    return answered.status_code, answered.json()
