"""Mapping a lender's columns in the browser: guessed, tried, remembered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lending.imports import uploads
from lending.models import ImportMapping, Loan
from staff import jobs
from staff.models import Job
from staff.once import new_key
from tapes import text_of

SignIn = Callable[[str], Client]
ROW = {
    "Contract No": "C-1",
    "Customer ID": "K-9",
    "Name": "Mary Smith",
    "Product": "cash-12",
    "Loan Amount": "12000",
    "Rate": "24",
    "Term": "12",
    "Type": "annuity",
    "Start Date": "15/01/2026",
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path


def _upload(browser: Client, *rows: dict[str, str]) -> str:
    """Where the upload leads."""
    file = SimpleUploadedFile("tape.csv", text_of(*rows).encode(), content_type="text/csv")
    answer = browser.post("/imports/", {"file": file, "format": "native", "one_time_key": new_key()})
    assert answer.status_code == 302
    return answer.headers["Location"]


def _answers(page: Any, **changes: str) -> dict[str, str]:
    """The form as it is offered, with these answers changed."""
    initial: dict[str, str] = page.context["form"].initial
    return initial | {"one_time_key": new_key()} | changes


def test_a_file_of_other_columns_leads_to_the_mapping_with_a_guess_and_a_preview(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")

    place = _upload(browser, ROW)
    answer = browser.get(place)
    page = answer.content.decode()

    assert place.startswith("/imports/columns/")
    assert answer.context["form"].initial["column_number"] == "contract_no"
    assert "1 of the first 1 rows would be left out" in page
    assert "M••• S••••" in page
    assert "Mary" not in page
    assert not Job.objects.exists()


def test_a_mapping_is_tried_kept_and_offered_for_the_next_file(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    place = _upload(browser, ROW)
    answers = {"lender": "North Bank", "days": "day", "column_method": "type", "always_currency": "CNY"}

    answer = browser.post(place, _answers(browser.get(place), **answers))
    jobs.work(seconds=5)
    trial = Job.objects.get()
    browser.post(f"/imports/{trial.pk}/start/", {"one_time_key": new_key()})
    jobs.work(seconds=5)
    again = browser.get(_upload(browser, ROW | {"Contract No": "C-2"}))

    assert answer.status_code == 302
    loan = Loan.objects.get()
    assert (loan.number, loan.funder.code, str(loan.start_on)) == ("C-1", "north-bank", "2026-01-15")
    assert ImportMapping.objects.get().lender == "north-bank"
    assert again.context["form"].initial["lender"] == "North Bank"
    assert "The first 1 rows make sense" in again.content.decode()


def test_what_is_missing_is_said_beside_its_column(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    place = _upload(browser, ROW)

    answer = browser.post(place, _answers(browser.get(place), lender="!!!"))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"lender", "column_currency", "column_method"}
    assert not ImportMapping.objects.exists()


def test_the_preview_follows_the_form(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    place = _upload(browser, ROW)
    answers = {"format": "native", "lender": "N", "days": "day", "column_method": "type", "always_currency": "CNY"}
    initial = browser.get(place).context["form"].initial

    page = browser.get(place.partition("?")[0] + "preview/", initial | answers).content.decode()

    assert "The first 1 rows make sense" in page
    assert "2026-01-15" in page
    assert "<html" not in page


@pytest.mark.parametrize("role", ["agent", "auditor", "administrator"])
def test_who_may_not_import_maps_nothing(role: str, sign_in: SignIn) -> None:
    place = _upload(sign_in("manager"), ROW)

    assert sign_in(role).get(place).status_code == 403
    assert sign_in(role).get(place.replace("/?", "/preview/?")).status_code == 403


def test_a_file_that_is_gone_is_asked_for_again(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    place = _upload(browser, ROW)
    for path in uploads.folder().iterdir():
        path.unlink()

    assert browser.get(place).headers["Location"] == "/imports/"
    assert browser.get(place.replace("/?", "/preview/?")).status_code == 404
    assert browser.get(place.replace("native", "payday")).status_code == 404
