"""Pay links: one exact amount of one loan, payable once until a moment; the provider has the page, the book has the truth."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.clock import machine_now
from audit.record import record
from lending import providers
from lending.codes import LINK, new_code
from lending.facts import facts_of
from lending.models import Loan, PayLink
from lending.payoff import quote
from lending.standing import Standing, standing
from staff.models import User
from staff.outside import Result

Covers, State = PayLink.Covers, PayLink.State
DAYS_DEFAULT, DAYS_MAX = 3, 30
BATCH = 50
WAIT_SECONDS_MAX = 900
ADDRESS_MAX = 500


class PayLinkError(ValueError):
    """A link that cannot be made or ended, in words; `field` is the form's field that it is about."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


class PayLinkKeyError(PayLinkError):
    """The key stands for another link."""


class Choice(NamedTuple):
    """An amount that a link may ask for today."""

    covers: PayLink.Covers
    amount: int
    n: int | None = None
    due_on: date | None = None


def due_today(state: Standing) -> int:
    """All that has fallen due by the day of the standing, that day included, with penalty, less what is held; minor units."""
    open_rows = sum(row.open for row in state.instalments if row.due_on <= state.on)
    return max(open_rows + state.penalty + state.fee - state.unapplied, 0)


def choices_for(loan: Loan, on: date) -> list[Choice]:
    """The amounts offered on that day, those of nothing left out."""
    facts = facts_of([loan.pk])[loan.pk]
    state = standing(facts, on)
    oldest = next((row for row in state.instalments if row.due_on <= on and row.open), None)
    offered = [Choice(Covers.DUE, due_today(state)), Choice(Covers.PAYOFF, quote(facts, on).amount)]
    if oldest:
        offered.insert(0, Choice(Covers.INSTALMENT, oldest.open, oldest.n, oldest.due_on))
    return [choice for choice in offered if choice.amount > 0]


@transaction.atomic
def make_link(
    *,
    loan: Loan,
    covers: str,
    amount: int,
    expires_at: datetime,
    on: date,
    at: datetime,
    by: User,
    code: str = "",
) -> PayLink:
    """Make the loan's link in place of an open one; PayLinkError when the amount is not what `covers` comes to on `on`.

    With a code that is known, the link of that code, as it is now.
    """
    if not providers.is_offered():
        raise PayLinkError(_("No payment provider is set up."))
    if code and (known := PayLink.objects.filter(code=code).first()):
        if (known.covers, known.amount) != (covers, amount):
            raise PayLinkKeyError(_("This key has made another link."))
        return known
    _check(loan, covers, amount, expires_at, on, at)
    for open_link in PayLink.objects.open().filter(loan=loan).select_for_update():
        _end(open_link, State.CANCELLED, reason="replaced", at=at, by=by)
        transaction.on_commit(partial(tell, open_link.pk, at), robust=True)
    link = PayLink(
        loan=loan,
        code=code or new_code(LINK),
        covers=covers,
        amount=amount,
        currency=loan.currency,
        expires_at=expires_at,
        made_by=by,
        made_at=at,
    )
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError:
        raise PayLinkError(_("Somebody made a link for this loan in the same moment. Look again.")) from None
    _record("made", link, at, by)
    transaction.on_commit(partial(tell, link.pk, at), robust=True)
    return link


def _check(loan: Loan, covers: str, amount: int, expires_at: datetime, on: date, at: datetime) -> None:
    offered = {choice.covers: choice.amount for choice in choices_for(loan, on)}
    most = offered.get(Covers.PAYOFF, 0)
    if not most:
        raise PayLinkError(_("Nothing is left to pay."))
    if covers == Covers.OTHER:
        if not 0 < amount <= most:
            raise PayLinkError(_("The amount must be more than zero and at most the pay-off."), "amount")
    elif offered.get(Covers(covers)) != amount:
        raise PayLinkError(_("The amount has changed meanwhile. Look at it again."), "covers")
    if not at < expires_at <= at + timedelta(days=DAYS_MAX + 1):
        raise PayLinkError(_("A link holds for 30 days at most, and at least until tonight."), "last_on")


@transaction.atomic
def cancel_link(link: PayLink, *, at: datetime, by: User) -> None:
    """Close an open link; PayLinkError when it is not open any more."""
    if not _end(link, State.CANCELLED, reason="by_hand", at=at, by=by):
        raise PayLinkError(_("This link is not open any more."))
    transaction.on_commit(partial(tell, link.pk, at), robust=True)


@transaction.atomic
def expire_links(at: datetime) -> int:
    """Close the links whose time is over; how many."""
    ended = 0
    for link in PayLink.objects.past(at).order_by("expires_at")[:BATCH]:
        ended += _end(link, State.EXPIRED, reason="", at=at, by=None)
    return ended


def _end(link: PayLink, state: str, *, reason: str, at: datetime, by: User | None) -> bool:
    """From open to that state, once."""
    ended = PayLink.objects.open().filter(pk=link.pk)
    if not ended.update(state=state, reason=reason, retry_at=None, ended_by=by, ended_at=at):
        return False
    _record(state, link, at, by)
    return True


def tell(link_pk: int, at: datetime) -> bool:
    """Tell the provider of a new link, or of one that is cancelled; False when it has to be tried again.

    Run outside a transaction, as often as you like: a repeat under the same key moves no money.
    """
    link = PayLink.objects.select_related("loan__borrower", "loan__funder").get(pk=link_pk)
    if link.state == State.OPEN and not link.told:
        reply = providers.order_link(link)
        changes = {"told": State.OPEN, "url": _address(reply.content.get("url"))}
    elif link.state == State.CANCELLED and link.told == State.OPEN:
        reply = providers.cancel_link(link)
        changes = {"told": State.CANCELLED}
    else:
        return True
    mine = PayLink.objects.filter(pk=link.pk, told=link.told)
    if reply.result == Result.ACCEPTED:
        mine.update(**changes, tries=0, retry_at=None)
        return True
    if reply.result == Result.REJECTED:
        with transaction.atomic():
            mine.update(told=State.CANCELLED, retry_at=None)
            _end(link, State.CANCELLED, reason="rejected", at=at, by=None)
        return True
    wait = timedelta(seconds=min(2**link.tries, WAIT_SECONDS_MAX))
    mine.update(tries=min(link.tries + 1, 20), retry_at=machine_now() + wait)
    return False


def tell_all(at: datetime) -> int:
    """Tell what is still untold and may be told now, a batch of it; how many links were told."""
    waiting = PayLink.objects.untold(machine_now()).order_by("retry_at", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(tell(pk, at) for pk in list(waiting))


def _address(told: object) -> str:
    """The page's address as the provider told it; nothing that is no web address."""
    address = str(told or "")
    return address if address.startswith(("https://", "http://")) and len(address) <= ADDRESS_MAX else ""


def _record(what: str, link: PayLink, at: datetime, by: User | None) -> None:
    record(
        f"lending.pay_link_{what}",
        by=by,
        at=at,
        subject=link,
        loan=link.loan.number,
        code=link.code,
        amount=link.amount,
        currency=link.currency,
    )
