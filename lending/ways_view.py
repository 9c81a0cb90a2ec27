"""Ways to pay as pages show them: the links, consents and debits of a borrower, with what came of each."""

from collections import defaultdict
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.debit_words import next_step, reason_words, stands_though_returned
from lending.models import Borrower, Debit, Mandate, PayLink, PaymentEvent
from lending.money import format_amount
from staff.models import User

SHOWN_MAX = 20
LINK_KINDS = {"open": "wait", "paid": "good", "expired": "off", "cancelled": "off"}
DEBIT_KINDS = {"succeeded": "good", "failed": "warn", "unknown": "bad", "cancelled": "off", "returned": "bad"}
LINK_REASONS: dict[str, str | Promise] = {
    "by_hand": _("cancelled by hand"),
    "replaced": _("replaced by another"),
    "rejected": _("refused by the provider"),
}


class LinkRow(NamedTuple):
    """A link, its badge, why it ended, and money that came and was not what it asked for."""

    link: PayLink
    kind: str
    reason: str
    odd: list[str]


class DebitRow(NamedTuple):
    debit: Debit
    kind: str
    reason: str
    next_step: str
    may_be_closed: bool


class Ways(NamedTuple):
    """Everything, newest first, a bounded number of each."""

    links: list[LinkRow]
    mandates: list[Mandate]
    debits: list[DebitRow]

    @property
    def has_open_link(self) -> bool:
        return any(row.link.state == PayLink.State.OPEN for row in self.links)

    @property
    def mandate(self) -> Mandate | None:
        """The newest consent that stands."""
        return next((mandate for mandate in self.mandates if mandate.revoked_at is None), None)


def ways_of(borrower: Borrower, most: int = SHOWN_MAX) -> Ways:
    """In a constant number of queries."""
    links = PayLink.objects.filter(loan__borrower=borrower).select_related("loan", "made_by", "payment")
    debits = Debit.objects.filter(loan__borrower=borrower).select_related(
        "loan", "mandate", "asked_by", "payment__reversed_by"
    )
    mandates = Mandate.objects.filter(borrower=borrower).select_related("recorded_by", "revoked_by")
    shown = list(links.order_by("-made_at", "-pk")[:most])
    odd = _odd_money([link.code for link in shown])
    return Ways(
        [
            LinkRow(link, LINK_KINDS[link.state], str(LINK_REASONS.get(link.reason, "")), odd[link.code])
            for link in shown
        ],
        list(mandates.order_by("revoked_at", "-recorded_at", "-pk")[:most]),
        [_debit_row(debit) for debit in debits.order_by("-asked_at", "-pk")[:most]],
    )


def for_people(user: User, most: int = SHOWN_MAX) -> list[DebitRow]:
    """Debits that only a person can settle, of borrowers whom this user sees, the oldest first."""
    debits = Debit.objects.visible_to(user).for_people()
    debits = debits.select_related("loan", "mandate", "asked_by", "payment__reversed_by")
    return [_debit_row(debit) for debit in debits.order_by("asked_at", "pk")[:most]]


def _odd_money(codes: list[str]) -> dict[str, list[str]]:
    """Amounts that came for these codes and went to suspense."""
    found: dict[str, list[str]] = defaultdict(list)
    events = PaymentEvent.objects.filter(order__in=codes, outcome=PaymentEvent.Outcome.SUSPENDED).order_by("pk")
    for order, amount, currency in events.values_list("order", "amount", "currency"):
        found[order].append(format_amount(amount, currency or "CNY"))
    return found


def _debit_row(debit: Debit) -> DebitRow:
    may_be_closed = debit.state == Debit.State.UNKNOWN or (debit.state == Debit.State.DUE and not debit.is_doubtful)
    may_be_closed = may_be_closed or stands_though_returned(debit)
    kind = DEBIT_KINDS.get(debit.state, "wait")
    return DebitRow(debit, kind, reason_words(debit), next_step(debit), may_be_closed)
