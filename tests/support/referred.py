"""Agencies under contract, and cases that can be visited or placed."""

from datetime import date, timedelta
from typing import Any

from behind import NOW, TODAY, instant
from cases.models import Case
from cases.referrals import asking, deciding
from cases.referrals.models import Agency, Referral
from lending import changes
from lending.models import Change
from lending.personal import PostalAddress
from staff.models import User

DAY = timedelta(days=1)
TERMS: dict[str, Any] = {
    "name": "Fair Recovery",
    "name_zh": "公平催收",
    "listed_at": "lender.example/agencies",
    "contract_from": (TODAY - 100 * DAY).isoformat(),
    "contract_to": (TODAY + 300 * DAY).isoformat(),
    "days_max": 60,
    "channels": ["call", "sms"],
    "commission": {"M1": 100_000, "M2": 150_000, "M3": 0, "M4": 0, "M5": 0, "M6": 0, "M7": 0},
}


def make_terms(
    maker: User, checker: User, code: str = "fair", from_on: date = TODAY - 90 * DAY, **changed: Any
) -> Agency:
    """An agency whose terms one manager put forward and another approved."""
    change = changes.propose(
        kind=Change.Kind.AGENCY, subject=code, from_on=from_on, content=TERMS | changed, words="A contract.",
        by=maker, at=NOW, on=TODAY,
    )  # fmt: skip
    changes.decide(change, approve=True, words="", payload_hash=change.payload_hash, by=checker, at=NOW, on=TODAY)
    return Agency.objects.get(code=code)


def add_address(case: Case) -> None:
    value = PostalAddress("上海市浦东新区世纪大道100号")
    case.borrower.contact_points.create(kind="address", value=value, digest=value.digest(), added_at=NOW)


def ask(case: Case, by: User, kind: str = "lawsuit", *, on: date = TODAY, **more: Any) -> Referral:
    asked: dict[str, Any] = {"words": "Nobody answers us.", "until_on": on + 10 * DAY} | more
    return asking.ask(case=case, kind=kind, by=by, at=instant(on), on=on, **asked)


def approve(referral: Referral, by: User, *, on: date = TODAY, **more: Any) -> Referral:
    deciding.decide(referral, approve=True, words="", by=by, at=instant(on), on=on, **more)
    return referral


def insert_as(referral: Referral, **columns: Any) -> None:
    """A second row that says so; what was asked for cannot be edited."""
    same = {field.name: getattr(referral, field.name) for field in Referral._meta.concrete_fields}
    Referral.objects.create(**same | columns | {"id": None})


def events_of(referral: Referral) -> list[str]:
    return list(referral.steps.order_by("pk").values_list("event", flat=True))
