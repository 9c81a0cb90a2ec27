"""Jobs: claimed once, resumed after a death, ended plainly when they fail."""

from datetime import timedelta

import pytest

from audit.clock import now
from staff import jobs
from staff.models import Job


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A handler that counts to 3, one number a slice."""
    seen: list[int] = []

    def handler(job: Job, until: float) -> None:
        job.done += 1
        job.total = 3
        seen.append(job.done)
        if job.done == 3:
            job.state = Job.State.DONE
            job.report = {"counted": job.done}

    monkeypatch.setitem(jobs._handlers, "count", handler)
    return seen


@pytest.mark.django_db
def test_a_job_is_worked_in_slices_to_its_report(counting: list[int]) -> None:
    job = jobs.start("count", "Counting", {}, by=None, at=now())

    jobs.work(seconds=5)

    job.refresh_from_db()
    assert counting == [1, 2, 3]
    assert (job.state, job.report, job.finished_at is not None) == (Job.State.DONE, {"counted": 3}, True)


@pytest.mark.django_db
def test_a_job_in_somebodys_hands_is_not_claimed_until_its_lease_runs_out() -> None:
    jobs.start("count", "Counting", {}, by=None, at=now())
    first = jobs.claim(now())

    assert first is not None
    assert jobs.claim(now()) is None
    assert jobs.claim(now() + jobs.LEASE + timedelta(seconds=1)) == first


@pytest.mark.django_db
def test_a_holder_that_was_overtaken_cannot_write() -> None:
    jobs.start("count", "Counting", {}, by=None, at=now())
    slow = jobs.claim(now())
    jobs.claim(now() + jobs.LEASE + timedelta(seconds=1))

    assert slow is not None
    with pytest.raises(RuntimeError):
        jobs.keep(slow)


@pytest.mark.django_db
def test_a_failing_job_ends_with_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(job: Job, until: float) -> None:
        raise ValueError("the file is gone")

    monkeypatch.setitem(jobs._handlers, "break", handler)
    job = jobs.start("break", "Breaking", {}, by=None, at=now())

    jobs.work(seconds=5)

    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "ValueError: the file is gone")
