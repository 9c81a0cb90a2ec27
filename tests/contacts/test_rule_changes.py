"""The rules are changed by two managers, after a replay of the last month; errors are named, and what was can come back."""

from datetime import date, timedelta
from typing import Any

import pytest

from audit.clock import now
from contacts import gate, replaying
from contacts.models import ContactRule, Verdict
from contacts.publishing import former, put_forward_rules
from contacts.versions import told_of
from lending.changes import ChangeError, decide
from lending.models import Borrower, Change
from reachable import local, make_borrower, make_contact
from staff import jobs
from staff.models import Job, Role, User

NOON = local("2026-11-20 12:00")
TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return User.objects.create(username="maker", role=Role.MANAGER)


@pytest.fixture
def checker() -> User:
    return User.objects.create(username="checker", role=Role.MANAGER)


def newest(code: str) -> ContactRule:
    return ContactRule.objects.filter(code=code).order_by("-valid_from")[0]


def put_forward(maker: User, code: str, *, from_on: date = TOMORROW, **changes: Any) -> Change:
    row = newest(code)
    told = told_of(row, **changes)
    return put_forward_rules(
        [told], subject=f"{row.rule_set}/{code}", from_on=from_on, words="counsel agreed", by=maker, at=NOON, on=TODAY
    )


def replayed(change: Change, maker: User, *, at: Any = NOON) -> dict[str, Any]:
    job = replaying.start(change, by=maker, at=at)
    while not Job.objects.get(pk=job.pk).is_finished:
        jobs.work(seconds=5)
    done = Job.objects.get(pk=job.pk)
    assert done.state == Job.State.DONE, done.message
    return dict(done.report)


def published(change: Change, maker: User, checker: User) -> Change:
    replayed(change, maker)
    return decide(change, approve=True, words="", payload_hash=change.payload_hash, by=checker, at=NOON, on=TODAY)


def test_a_change_binds_from_its_first_day_and_not_before(maker: User, checker: User, borrower: Borrower) -> None:
    published(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), maker, checker)

    for day in (TODAY, TOMORROW):
        make_contact(borrower, local(f"{day} 09:00"), "sms", outcome="sent")

    assert gate.decide(borrower, "sms", "demand", local("2026-11-20 12:00")).allowed
    assert gate.decide(borrower, "sms", "demand", local("2026-11-21 12:00")).rule == "HOUSE-SMS-DAY"


def test_the_next_lawful_moment_knows_of_a_change_to_come(maker: User, checker: User, borrower: Borrower) -> None:
    published(put_forward(maker, "CN-WIN", quiet_to="09:30"), maker, checker)

    assert gate.decide(borrower, "sms", "demand", local("2026-11-20 23:00")).lawful_at == local("2026-11-21 09:30")


def test_the_former_version_stays(maker: User, checker: User) -> None:
    before = newest("HOUSE-SMS-DAY")

    published(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), maker, checker)

    before.refresh_from_db()
    assert (before.max_count, before.valid_to, newest("HOUSE-SMS-DAY").max_count) == (2, None, 1)


def test_nobody_publishes_their_own_change(maker: User) -> None:
    change = put_forward(maker, "HOUSE-SMS-DAY", max_count=1)
    replayed(change, maker)

    with pytest.raises(ChangeError, match="somebody else"):
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=maker, at=NOON, on=TODAY)

    assert newest("HOUSE-SMS-DAY").max_count == 2


def test_nothing_is_published_before_its_replay(maker: User, checker: User) -> None:
    change = put_forward(maker, "HOUSE-SMS-DAY", max_count=1)

    with pytest.raises(ChangeError, match="replay"):
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=checker, at=NOON, on=TODAY)

    change.refresh_from_db()
    assert change.state == Change.State.WAITING


def test_undoing_puts_forward_what_stood_before(maker: User, checker: User, borrower: Borrower) -> None:
    change = published(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), maker, checker)

    back = put_forward_rules(
        former(change), subject=change.subject, from_on=TOMORROW + timedelta(days=3), words="back", by=checker, at=NOON,
        on=TODAY,
    )  # fmt: skip
    published(back, checker, maker)

    assert (newest("HOUSE-SMS-DAY").max_count, ContactRule.objects.filter(code="HOUSE-SMS-DAY").count()) == (2, 3)


def test_undoing_a_rule_that_was_new_withdraws_it(maker: User, checker: User, borrower: Borrower) -> None:
    row = newest("HOUSE-CALL-WIN")
    told = told_of(row, code="HOUSE-OWN-1", quiet_from="12:00", quiet_to="13:00", details={})
    asked: dict[str, Any] = {"subject": "HOUSE/HOUSE-OWN-1", "words": "lunch", "by": maker, "at": NOON, "on": TODAY}
    change = published(put_forward_rules([told], from_on=TOMORROW, **asked), maker, checker)
    lunch = gate.decide(borrower, "call", "demand", local("2026-11-21 12:30"))

    published(put_forward_rules(former(change), from_on=TOMORROW + timedelta(days=2), **asked), maker, checker)

    assert (lunch.rule, lunch.lawful_at) == ("HOUSE-OWN-1", local("2026-11-21 13:00"))
    assert gate.decide(borrower, "call", "demand", local("2026-11-23 12:30")).allowed


@pytest.mark.parametrize(
    ("code", "changes", "field", "words"),
    [
        ("CN-WIN", {"quiet_to": None}, "quiet_to", "no end"),
        ("CN-WIN", {"quiet_from": "08:00"}, "quiet_to", "no end"),
        ("CN-WIN", {"quiet_from": "08:00", "quiet_to": "07:59"}, "quiet_to", "no minute of the day"),
        ("HOUSE-CALL-WIN", {"quiet_from": "08:00", "quiet_to": "22:00"}, "quiet_to", "no minute of the day"),
        ("CN-WIN", {"quiet_to": "02:30"}, "quiet_to", "America/New_York skip 02:30"),
        ("HOUSE-SMS-DAY", {"max_count": 0}, "max_count", "cap of zero"),
        ("HOUSE-SMS-DAY", {"period_days": 0}, "period_days", "1 to 366 days"),
        ("HOUSE-SMS-DAY", {"details": {"rolling_minutes": 0}}, "rolling_minutes", "1 to 527040 minutes"),
        ("HOUSE-SMS-DAY", {"valid_to": "2026-11-01"}, "valid_to", "before the first"),
        ("HOUSE-REST", {"details": {"weekdays": [0, 1, 2, 3, 4, 5, 6]}}, "weekdays", "no end"),
        ("HOUSE-REST", {"details": {}}, "dates", "at least one day"),
        ("CN-BAN8", {"details": {"banned": ["a"]}}, "banned", "too short"),
        ("CN-BAN8", {"details": {}}, "banned", "banned or a part"),
        ("CN-VISIT", {"details": {}}, "people_min", "At least one"),
        ("CN-CONTACT", {"details": {"subjects": ["contact"]}}, "purposes", "at least one purpose"),
        ("HOUSE-HOLDS", {"details": {}}, "stops", "what stops"),
        ("CN-WIN", {"details": {"nonsense": 1}}, None, "cannot be read"),
        ("CN-WIN", {}, None, "Nothing differs"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_field(
    maker: User, code: str, changes: dict[str, Any], field: str | None, words: str
) -> None:
    make_borrower("B9", zone="America/New_York", phone=None)

    with pytest.raises(ChangeError, match=words) as refused:
        put_forward(maker, code, **changes)

    assert refused.value.field == field
    assert not Change.objects.exists()


@pytest.mark.parametrize("from_on", [TODAY, TODAY - timedelta(days=1)])
def test_no_change_reaches_back(maker: User, from_on: date) -> None:
    with pytest.raises(ChangeError, match="later day") as refused:
        put_forward(maker, "HOUSE-SMS-DAY", from_on=from_on, max_count=1)

    assert refused.value.field == "from_on"


def test_a_change_waits_for_no_second_one_of_the_same_rule(maker: User) -> None:
    put_forward(maker, "HOUSE-SMS-DAY", max_count=1)

    with pytest.raises(ChangeError, match="waits"):
        put_forward(maker, "HOUSE-SMS-DAY", max_count=3)


def test_the_replay_counts_what_would_be_refused_by_rule_and_channel(maker: User, borrower: Borrower) -> None:
    for minute in range(2):
        make_contact(borrower, local(f"2026-11-10 09:0{minute}"), "sms", outcome="sent")
    make_contact(borrower, local("2026-11-11 09:00"), "sms", outcome="sent")

    report = replayed(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), maker)

    assert (report["asked"], report["refused"], report["allowed"]) == (3, {"HOUSE-SMS-DAY sms": 1}, {})
    (example,) = report["examples"]
    assert (example["borrower"], example["was_made"], example["is_refused"]) == ("B1", True, True)
    assert example["at"].startswith("2026-11-10T01:01")
    assert example["lawful_at"].startswith("2026-11-11T00:00")


def test_the_replay_counts_what_would_be_allowed(maker: User, borrower: Borrower) -> None:
    Verdict.objects.create(
        borrower=borrower, channel="sms", purpose="demand", at=local("2026-11-10 22:30"), allowed=False, rule="CN-WIN"
    )

    report = replayed(put_forward(maker, "CN-WIN", quiet_from="23:00"), maker)

    assert (report["asked"], report["refused"], report["allowed"]) == (1, {}, {"CN-WIN sms": 1})


def test_the_replay_judges_by_what_was_known_then(maker: User, borrower: Borrower) -> None:
    made = make_contact(borrower, local("2026-11-10 09:00"), "sms", outcome="sent")
    make_contact(borrower, local("2026-11-10 10:00"), "sms", outcome="sent")
    make_contact(borrower, local("2026-09-10 10:00"), "sms", outcome="sent")

    report = replayed(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), maker)

    assert made.pk
    assert report["asked"] == 2
    assert report["refused"] == {"HOUSE-SMS-DAY sms": 1}


def test_the_replay_goes_on_where_a_slice_ended(maker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "CHUNK", 1)
    for number in range(3):
        person = make_borrower(f"B{number}", phone=f"1380013800{number}")
        for minute in range(2):
            make_contact(person, local(f"2026-11-10 09:0{minute}"), "sms", outcome="sent")
    job = replaying.start(put_forward(maker, "HOUSE-SMS-DAY", max_count=1), by=maker, at=NOON)

    clock = iter(range(100))
    monkeypatch.setattr("contacts.replaying.time.monotonic", lambda: next(clock))
    for _slice in range(9):
        fresh = Job.objects.get(pk=job.pk)
        if not fresh.is_finished:
            jobs.work_slice(jobs.claim(now()) or fresh, next(clock) + 2)

    done = Job.objects.get(pk=job.pk)
    assert (done.state, done.done, done.report["refused"]) == (Job.State.DONE, 3, {"HOUSE-SMS-DAY sms": 3})
