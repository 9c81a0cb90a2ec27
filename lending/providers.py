"""The payment provider as the book speaks to it: a small HTTP contract, used outside every transaction.

Out, to `PAYMENTS_URL`, each call with `Idempotency-Key` and our signature:
    links/         {code, loan_number, amount, currency, creditor, payer, purpose, language, expires_at} → {status, url}
    links/cancel/  {code}                                                                               → {status}
    debits/        {code, loan_number, amount, currency, creditor, payer, account, mandate, consent_on} → {status}
Names of payers are masked; `creditor` and `purpose` are given in every language. Back, by webhook, what came of it: an event
with `order` set to the code, its own `reference` for each payment, and the `reason` for which a debit failed.
"""

from typing import Any

from django.conf import settings
from django.utils import translation

from audit.clock import local_day
from lending.claims import creditor_names
from lending.models import Borrower, Debit, PayLink
from staff.outside import Reply, post
from staff.webhooks import secrets_of


def is_offered() -> bool:
    """Whether there is a provider at all."""
    return bool(settings.PAYMENTS_URL)


def is_plain() -> bool:
    """Whether the provider cannot recognise a repeat by its key, so that what is in doubt is never sent again."""
    return bool(settings.PAYMENTS_KIND == "plain")


def link_body(link: PayLink) -> dict[str, Any]:
    """What the provider is told of a link."""
    return _what(link) | {
        "purpose": {language: _in(language, link) for language in Borrower.Language.values},
        "language": link.loan.borrower.language,
        "expires_at": link.expires_at.isoformat(),
    }


def order_link(link: PayLink) -> Reply:
    return _post("links/", link_body(link), key=link.code)


def cancel_link(link: PayLink) -> Reply:
    return _post("links/cancel/", {"code": link.code}, key=f"{link.code}-cancel")


def order_debit(debit: Debit) -> Reply:
    body = _what(debit) | {
        "account": debit.mandate.account.unmasked(),
        "mandate": str(debit.mandate_id),
        "consent_on": debit.mandate.from_on.isoformat(),
    }
    return _post("debits/", body, key=debit.code)


def _what(order: PayLink | Debit) -> dict[str, Any]:
    loan = order.loan
    on = local_day(order.made_at if isinstance(order, PayLink) else order.asked_at)
    return {
        "code": order.code,
        "loan_number": loan.number,
        "amount": order.amount,
        "currency": order.currency,
        "creditor": {language: creditor_names(loan, on, language) for language in Borrower.Language.values},
        "payer": str(loan.borrower.name),
    }


def _in(language: str, link: PayLink) -> str:
    with translation.override(language):
        return str(PayLink.Covers(link.covers).label)


def _post(path: str, body: dict[str, Any], *, key: str) -> Reply:
    secrets = secrets_of(settings.WEBHOOK_SECRETS).get(settings.PAYMENTS_PROVIDER, [""])
    return post(f"{settings.PAYMENTS_URL}{path}", body, key=key, secret=secrets[0])
