"""Changes of terms as two people make them, in one call each."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from lending.changes import decide, propose
from lending.funder_terms import terms_of
from lending.models import Change, Funder, Loan
from lending.rights import Instrument
from lending.versions import funder_versions
from staff.models import User

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
ON = date(2026, 1, 1)


def person(role: str) -> User:
    return User.objects.get_or_create(username=f"the-{role}", defaults={"role": role})[0]


def ask(
    kind: str, subject: str, content: Mapping[str, Any], *, from_on: str, on: date = ON, loan: Loan | None = None
) -> Change:
    """A change put forward by the supervisor."""
    return propose(
        kind=kind, subject=subject, from_on=date.fromisoformat(from_on), content=content, words="Agreed with them.",
        by=person("supervisor"), at=AT, on=on, loan=loan,
    )  # fmt: skip


def rule(change: Change, *, on: date = ON, approve: bool = True) -> Change:
    """The manager decides it as it was put forward."""
    return decide(
        change, approve=approve, words="Seen.", payload_hash=change.payload_hash, by=person("manager"), at=AT, on=on
    )


def share(loan: Loan, shares: Mapping[str, int], *, from_on: str, on: date = ON) -> Change:
    """Shares in force from that day."""
    content = {"shares": dict(shares)}
    return rule(ask(Change.Kind.SHARES, loan.number, content, from_on=from_on, on=on, loan=loan), on=on)


def guarantee(
    *,
    guarantor: Funder,
    funder: Funder | None = None,
    loan: Loan | None = None,
    product: str = "",
    cap_ppm: int = 1_000_000,
    days: int = 30,
    from_on: str = "2025-01-01",
    penalty_rate_ppm: int | None = None,
) -> Change:
    """A guarantee in force from that day."""
    content = {
        "loan": loan.number if loan else "",
        "funder": funder.code if funder else "",
        "product": product,
        "guarantor": guarantor.code,
        "cap_ppm": cap_ppm,
        "trigger_days": days,
        "penalty_rate_ppm": penalty_rate_ppm,
    }
    subject = loan.number if loan else f"{content['funder']}/{product or '*'}"
    return rule(ask(Change.Kind.GUARANTEE, subject, content, from_on=from_on, loan=loan))


def give_rights(funder: Funder, rights: Mapping[Instrument, str], *, from_on: str = "2025-01-01") -> Change:
    """The funder's newest terms with other rights, in force from that day."""
    terms = terms_of(funder_versions(funder)[-1])
    content = terms | {"rights": terms["rights"] | {str(each): str(said) for each, said in rights.items()}}
    return rule(ask(Change.Kind.FUNDER, funder.code, content, from_on=from_on))
