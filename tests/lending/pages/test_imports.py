"""Importing in the browser: upload, trial, import, the rows that were left out."""

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Entry
from lending.imports import uploads
from lending.models import Loan
from lending.workbooks import workbook
from staff import jobs
from staff.models import Job
from staff.once import new_key
from tapes import LOAN, loan, text_of

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path


def _upload(
    browser: Client, content: bytes | str, *, name: str = "tape.csv", form: str = "native", key: str = ""
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return browser.post("/imports/", {"file": file, "format": form, "one_time_key": key or new_key()})


def _start(browser: Client, job: Job, key: str = "") -> Any:
    return browser.post(f"/imports/{job.pk}/start/", {"one_time_key": key or new_key()})


@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 403), ("supervisor", 200), ("manager", 200), ("auditor", 403), ("administrator", 403)],
)
def test_who_may_import(role: str, status: int, sign_in: SignIn) -> None:
    assert sign_in(role).get("/imports/").status_code == status
    assert _upload(sign_in(role), "x").status_code == (403 if status == 403 else 422)


def test_a_workbook_is_tried_and_imported_like_a_text(sign_in: SignIn) -> None:
    browser, row = sign_in("supervisor"), loan()
    sheet = workbook([list(row.values())], head=list(row)).read()

    _upload(browser, sheet, name="tape.xlsx")
    jobs.work(seconds=5)
    _start(browser, Job.objects.get())
    jobs.work(seconds=5)

    assert Loan.objects.get().number == row["number"]
    assert hashlib.sha256(sheet).hexdigest() in Entry.objects.get(action="lending.file_imported").facts
    assert not list(uploads.folder().glob("*.upload"))
    assert not list(uploads.folder().glob("*.part"))


def test_a_trial_changes_nothing_and_offers_the_import(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")

    answer = _upload(browser, text_of(loan(), loan(number="bad", periods="0")))
    waiting = browser.get(answer.headers["Location"]).content.decode()
    jobs.work(seconds=5)
    page = browser.get(answer.headers["Location"]).content.decode()

    assert "Waiting for a worker" in waiting
    assert "Import 1 row" in page
    assert "periods: &#x27;0&#x27; is no whole number from 1 to 1200" in page
    assert not Loan.objects.exists()


def test_the_import_takes_the_good_rows_and_forgets_the_file(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    _upload(browser, text_of(loan(), loan(number="bad", periods="0")))
    jobs.work(seconds=5)

    answer = _start(browser, Job.objects.get())
    jobs.work(seconds=5)
    page = browser.get(answer.headers["Location"]).content.decode()

    assert Loan.objects.get().number == "L-1"
    assert "Some rows were left out" in page
    assert Entry.objects.get(action="lending.file_imported").actor == "the-supervisor"
    assert list(uploads.folder().glob("*.upload")) == []


def test_the_rows_left_out_are_a_file_without_names_or_formulas(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    bad = loan(number="=1+1", principal="-5", borrower_name="Mary Smith", phone="19912345678")
    _upload(browser, text_of(bad, loan()))
    jobs.work(seconds=5)

    answer: Any = browser.get(f"/imports/{Job.objects.get().pk}/bad-rows.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    head, row = csv.reader(text.splitlines())
    assert head[:5] == ["line", "number", "reason", "number", "funder"]
    assert row[:5] == ["2", "'=1+1", "principal: '-5' is not more than nothing", "'=1+1", "North Bank"]
    assert "Mary" not in text
    assert "199••••5678" in text
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "This is a picture"),
        (b"", "The file is empty"),
        (text_of({"number": "1"}), "The file lacks these columns"),
    ],
    ids=["a picture", "an empty file", "missing columns"],
)
def test_a_file_that_is_no_table_is_refused_at_once_and_the_form_keeps_its_choice(
    content: bytes | str, words: str, sign_in: SignIn
) -> None:
    answer = _upload(sign_in("supervisor"), content, form="payments")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert answer.context["form"]["format"].value() == "payments"
    assert not Job.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_a_file_too_large_is_refused(sign_in: SignIn, settings: Any) -> None:
    settings.UPLOAD_BYTES_MAX = 10

    answer = _upload(sign_in("supervisor"), text_of(LOAN))

    assert answer.status_code == 422
    assert "Split it" in answer.content.decode()


def test_a_form_without_a_file_says_so(sign_in: SignIn) -> None:
    answer = sign_in("supervisor").post("/imports/", {"format": "native", "one_time_key": new_key()})

    assert answer.status_code == 422


def test_a_form_sent_twice_starts_one_job(sign_in: SignIn) -> None:
    browser, key = sign_in("supervisor"), new_key()

    first, second = (_upload(browser, text_of(loan()), key=key) for _time in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Job.objects.count() == 1


def test_an_import_started_twice_is_one(sign_in: SignIn) -> None:
    browser, key = sign_in("supervisor"), new_key()
    _upload(browser, text_of(loan()))
    jobs.work(seconds=5)
    trial = Job.objects.get()

    for _time in range(2):
        _start(browser, trial, key)

    assert Job.objects.count() == 2


def test_a_file_that_is_no_longer_kept_is_asked_for_again(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    _upload(browser, text_of(loan()))
    jobs.work(seconds=5)
    trial = Job.objects.get()
    uploads.drop(trial.parameters["sha256"])

    answer = _start(browser, trial)

    assert answer.headers["Location"] == "/imports/"
    assert Job.objects.count() == 1


def test_another_persons_import_is_not_there(sign_in: SignIn) -> None:
    _upload(sign_in("manager"), text_of(loan(periods="0")))
    jobs.work(seconds=5)
    job = Job.objects.get()
    browser = sign_in("supervisor")

    assert browser.get(f"/jobs/{job.pk}/").status_code == 404
    assert browser.get(f"/imports/{job.pk}/bad-rows.csv").status_code == 404
    assert _start(browser, job).status_code == 404


def test_a_job_of_another_kind_is_no_import(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    job = Job.objects.create(kind="other", title="Other", created_at="2026-04-20T00:00:00Z")

    assert _start(browser, job).status_code == 404
    assert browser.get(f"/imports/{job.pk}/start/").status_code == 405


def test_a_worker_that_died_between_two_chunks_leaves_one_clean_import(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.imports.run.CHUNK_ROWS", 2)
    browser = sign_in("supervisor")
    rows = [loan(number=f"n{i}") for i in range(5)] + [loan(number=f"bad{i}", periods="0") for i in range(3)]
    _upload(browser, text_of(*rows))
    jobs.work(seconds=5)
    _start(browser, Job.objects.get())
    job = Job.objects.latest("pk")

    while not job.is_finished:
        claimed = jobs.claim(job.created_at)
        assert claimed
        jobs.work_slice(claimed, 0)
        job.refresh_from_db()

    counts = {name: job.report[name] for name in ("rows", "new", "already_there", "bad")}
    left_out = uploads.bad_rows_of(job.pk).read_text("utf-8-sig").splitlines()
    assert counts == {"rows": 8, "new": 5, "already_there": 0, "bad": 3}
    assert len(left_out) == 4
    assert Entry.objects.filter(action="lending.file_imported").count() == 1


def test_reasons_are_in_the_language_of_whoever_imports(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    browser.cookies["language"] = "zh-hans"

    _upload(browser, text_of(loan(principal="-5")))
    jobs.work(seconds=5)

    assert "必须大于零" in Job.objects.get().report["errors"][0][2]


def test_the_page_lists_earlier_imports(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    _upload(browser, text_of(loan()), name="september.csv")

    assert "Trial of september.csv" in browser.get("/imports/").content.decode()
