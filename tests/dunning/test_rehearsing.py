"""A rehearsal finds what the day will send, refuses by the same rules, and writes nothing."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Hold, Verdict
from dunning import rehearsing
from dunning.models import Reminder, Template
from dunning.planning import plan
from dunning.rehearsal_words import told
from outbox_book import DAY, MORNING, lend, one_due, people
from staff.models import Job, User

pytestmark = pytest.mark.usefixtures("closed_day")


def rehearsed(day: date = DAY, *, by: User | None = None, slice_seconds: float = 60) -> Job:
    job = Job.objects.create(
        kind=rehearsing.KIND, title="x", parameters={"day": day.isoformat()}, created_at=MORNING, started_by=by
    )
    while job.state != Job.State.DONE:
        rehearsing.handle(job, time.monotonic() + slice_seconds)
        job.save()
        job.refresh_from_db()
    return job


def test_it_finds_what_planning_then_writes() -> None:
    for days in (-3, 1, 1, 45):
        one_due(days)
    held, _loan = one_due(7)
    boss = User.objects.create(username="b")
    Hold.objects.create(borrower=held, kind="dispute", reason="x", from_on=DAY, placed_by=boss, placed_at=MORNING)

    report = rehearsed().report
    counts = plan(DAY, MORNING)

    assert report["planned"] == counts.planned == 4
    assert report["refused"] == counts.refused == {"hold.dispute": 1}
    assert report["steps"] == {"before-3": 1, "late-1": 2, "late-45": 1}
    assert (report["channels"], report["hours"]) == ({"sms": 4}, {"10": 4})


def test_it_reads_ahead_and_writes_nothing() -> None:
    one_due(1)

    report = rehearsed(DAY + timedelta(days=2)).report

    assert report["steps"] == {"late-3": 1}
    assert not Reminder.objects.exists()
    assert not Contact.objects.exists()
    assert not Verdict.objects.exists()


def test_wording_that_the_gate_refuses_is_found_before_the_day() -> None:
    one_due(1)
    Template.objects.update(text="【{signature}】{creditor}：不还{amount}就坐牢。")

    assert rehearsed().report["refused"] == {"CN-BAN8": 1}


def test_a_text_that_cannot_be_filled_is_found_before_the_day() -> None:
    one_due(1)
    Template.objects.update(text="{nobody}")

    assert rehearsed().report["refused"] == {"template": 1}


def test_parts_are_counted_by_alphabet() -> None:
    one_due(1)
    one_due(1, language="en")

    segments = rehearsed().report["segments"]

    assert segments.keys() == {"GSM-7", "UCS-2"}
    assert min(segments.values()) >= 2


def test_slices_add_up_to_the_whole() -> None:
    for days in (-3, 1, 1, 7, 45):
        one_due(days)
    whole = rehearsed().report
    rehearsing_chunk, rehearsing.CHUNK = rehearsing.CHUNK, 1
    try:
        sliced = rehearsed(slice_seconds=0.001)
    finally:
        rehearsing.CHUNK = rehearsing_chunk

    assert sliced.report == whole
    assert sliced.done == sliced.total == 5


def test_the_report_names_nobody_and_samples_are_written_for_whoever_may_see_them(
    person: Callable[[str], User], everybody_sees_b: None
) -> None:
    one_due(1)
    one_due(1, language="en")
    job = rehearsed()

    seen = told(job, person("manager"))

    assert "元" not in str(job.report)
    assert sorted(sample.language for sample in seen["samples"]) == ["en", "zh-hans"]
    assert any("1,000.00元" in sample.text for sample in seen["samples"])


def test_the_number_of_queries_does_not_grow_with_the_borrowers() -> None:
    lend(people(3), DAY - timedelta(days=1))
    with CaptureQueriesContext(connection) as few:
        rehearsed()
    lend(people(30, first=100), DAY - timedelta(days=1))

    with CaptureQueriesContext(connection) as many:
        rehearsed()

    assert len(many) <= len(few)


def test_a_day_is_rehearsed_from_its_page_once(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("supervisor")
    form = {"day": (DAY + timedelta(days=1)).isoformat(), "one_time_key": "k1"}

    first, again = client.post("/outbox/rehearsal/", form), client.post("/outbox/rehearsal/", form)

    job = Job.objects.get()
    assert first["Location"] == again["Location"] == f"/jobs/{job.pk}/"
    assert job.title == "What 2026-03-11 would send"
    assert "What 2026-03-11 would send" in client.get("/outbox/rehearsal/").content.decode()


@pytest.mark.parametrize("day", ["2026-03-09", "2026-04-10", "tomorrow", ""])
def test_a_day_that_cannot_be_rehearsed_is_refused(day: str, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("manager").post("/outbox/rehearsal/", {"day": day, "one_time_key": "k1"})

    assert answer.status_code == 422
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", ["agent", "auditor", "administrator"])
def test_others_rehearse_nothing(role: str, signed_in: Callable[[str], Client]) -> None:
    assert signed_in(role).get("/outbox/rehearsal/").status_code == 403


def test_machines_start_it_by_their_key_and_read_its_report(signed_in: Callable[[str], Client]) -> None:
    one_due(1)
    client, key = signed_in("manager"), {"Idempotency-Key": "k1"}
    body = {"day": DAY.isoformat()}

    made = client.post("/api/v1/rehearsals/", body, content_type="application/json", headers=key)
    again = client.post("/api/v1/rehearsals/", body, content_type="application/json", headers=key)
    job = Job.objects.get()
    rehearsing.handle(job, time.monotonic() + 60)
    job.save()
    found = client.get(f"/api/v1/rehearsals/{job.pk}/").json()

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"] == job.pk
    assert (found["state"], found["planned"], found["steps"]) == ("done", 1, {"late-1": 1})
    assert client.get("/api/v1/rehearsals/99/").status_code == 404


def test_a_machine_without_a_key_or_with_a_day_that_is_over_is_refused(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("manager")

    for body, headers in (({"day": DAY.isoformat()}, {}), ({"day": "2026-03-01"}, {"Idempotency-Key": "k2"})):
        answer = client.post("/api/v1/rehearsals/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 400
