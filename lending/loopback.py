"""The demonstration's own payment provider: its pages are paid by pressing a button, its bank answers by the last four digits.

Only there in demo mode. It is told what any provider is told, keeps no account number, and sends its webhooks signed, over HTTP.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from lending.models import LoopbackOrder
from staff.outside import Reply, Result, post
from staff.webhooks import Body, secrets_of

State = LoopbackOrder.State
NAME = "loopback"
BATCH = 50
ANSWER_AFTER = timedelta(seconds=5)
"""How long this bank takes over a debit."""
OUTCOMES = {
    "0001": "insufficient_funds",
    "0002": "account_closed",
    "0003": "mandate_revoked",
    "0004": "limit",
    "0005": "never answered",
}
"""Accounts with these last four digits fail for this reason; the last is never heard of again; all others pay."""


def take_link(body: Body) -> LoopbackOrder:
    """A page to pay on; the same code again is the same page."""
    names = ("loan_number", "amount", "currency", "creditor", "payer", "purpose", "language", "expires_at")
    return _taken(body, {name: body[name] for name in names}, is_debit=False)


def take_debit(body: Body, at: datetime) -> LoopbackOrder:
    """A debit, answered a little later; of the account only its fate is kept."""
    facts = {name: body[name] for name in ("loan_number", "amount", "currency")}
    fate = OUTCOMES.get(str(body["account"])[-4:], "")
    return _taken(body, facts | {"fate": fate}, is_debit=True, answer_at=at + ANSWER_AFTER)


def _taken(body: Body, facts: dict[str, Any], **columns: Any) -> LoopbackOrder:
    order, _made = LoopbackOrder.objects.get_or_create(
        code=str(body["code"]), defaults={"facts": facts, "token": secrets.token_urlsafe(32), **columns}
    )
    return order


def cancel(code: str) -> None:
    LoopbackOrder.objects.filter(code=code, is_debit=False, state=State.OPEN).update(state=State.CANCELLED)


def expiry_of(order: LoopbackOrder) -> datetime:
    return datetime.fromisoformat(order.facts["expires_at"])


def is_over(order: LoopbackOrder, at: datetime) -> bool:
    """Whether the page's time has run out."""
    return expiry_of(order) <= at


@transaction.atomic
def pay(order: LoopbackOrder, at: datetime) -> bool:
    """The borrower pays the page, once; False when it cannot be paid any more. The webhook follows the commit."""
    is_late = is_over(order, at)
    open_one = LoopbackOrder.objects.filter(pk=order.pk, is_debit=False, state=State.OPEN)
    if is_late or not open_one.update(state=State.PAID, answer_at=at):
        return False
    transaction.on_commit(lambda: tell(order.pk), robust=True)
    return True


def answer_due(at: datetime) -> int:
    """Tell what has not been told yet; how many answers were taken."""
    waiting = LoopbackOrder.objects.filter(is_told=False, answer_at__lte=at).order_by("answer_at")
    return sum(tell(pk) for pk in list(waiting.values_list("pk", flat=True)[:BATCH]))


def tell(order_pk: int) -> bool:
    """Post the webhook of an order whose answer stands; False when nobody took it, so that it is told again."""
    order = LoopbackOrder.objects.get(pk=order_pk)
    fate = order.facts.get("fate", "")
    if fate != OUTCOMES["0005"] and not _post(_event(order, fate)):
        return False
    state = State.FAILED if fate else State.PAID
    LoopbackOrder.objects.filter(pk=order.pk).update(is_told=True, state=state)
    return True


def _event(order: LoopbackOrder, fate: str) -> dict[str, Any]:
    assert order.answer_at is not None
    kind = "debit" if order.is_debit else "payment"
    event = {
        "event_id": f"{order.code}-{'failed' if fate else 'succeeded'}",
        "type": f"{kind}.{'failed' if fate else 'succeeded'}",
        "at": order.answer_at.isoformat(),
        "order": order.code,
        "reference": f"LB-{order.code}",
        **{name: order.facts[name] for name in ("loan_number", "amount", "currency")},
    }
    return event | ({"reason": fate} if fate else {})


def _post(event: dict[str, Any]) -> bool:
    """Whether the console took the webhook; what it refuses for good (409) is told once."""
    secret = secrets_of(settings.WEBHOOK_SECRETS)[NAME][0]
    url = f"{settings.PUBLIC_URL}/webhooks/payments/{NAME}/"
    return post(url, event, key=event["event_id"], secret=secret, read=_heard).result == Result.ACCEPTED


def _heard(answer: httpx.Response) -> Reply:
    is_heard = answer.is_success or answer.status_code == httpx.codes.CONFLICT
    return Reply(Result.ACCEPTED if is_heard else Result.AMBIGUOUS, {}, str(answer.status_code))
