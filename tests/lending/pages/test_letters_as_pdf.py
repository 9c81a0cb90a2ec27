"""Letters as PDF: the words of the page, selectable, on numbered pages, and nothing that the page does not say."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from lending.letter_html import Block, Table, parts_of
from lending.letter_pdf import pdf_of
from lending.models import Borrower, Funder

SignIn = Callable[[str], Client]
STATEMENT, QUOTE = "/loans/late/statement/?format=pdf", "/loans/late/payoff/letter/?format=pdf"


def text_of(content: bytes) -> str:
    """What selecting everything in the document gives."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.mark.usefixtures("book")
def test_a_statement_is_a_file_with_its_movements(sign_in: SignIn) -> None:
    Borrower.objects.update(language="en")

    answer = sign_in("agent").get(STATEMENT)
    text = text_of(answer.content)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.pdf"'
    for words in ("Statement of account", "2026-02-20", "Payment p-late", "1,500.00", "Page 1 of 1"):
        assert words in text


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("path", "words"), [(STATEMENT, "对账单"), (QUOTE, "结清报价")])
def test_a_letter_speaks_the_borrowers_language(path: str, words: str, sign_in: SignIn) -> None:
    Borrower.objects.update(language="zh-hans")
    Funder.objects.filter(code="north-bank").update(name_zh="北方银行")

    answer = sign_in("manager").get(path, headers={"Accept-Language": "en"})
    text = text_of(answer.content)

    assert words in text
    assert "北方银行" in text
    assert "第 1 页，共 1 页" in text
    assert PdfReader(BytesIO(answer.content)).metadata["/Title"] == f"{words} late"  # type: ignore[index]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", [STATEMENT, QUOTE])
def test_a_letter_says_no_more_than_the_page(path: str, sign_in: SignIn) -> None:
    browser = sign_in("manager")

    content = browser.get(path).content

    assert "Smith" not in text_of(content)
    assert b"Smith" not in content
    assert "M•••" in text_of(content)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("part", "words"), [("statement", "对账单"), ("payoff", "结清报价")])
def test_a_machine_asks_for_it_by_its_media_type(part: str, words: str, sign_in: SignIn) -> None:
    browser, url = sign_in("manager"), f"/api/v1/loans/late/{part}/"

    by_header = browser.get(url, headers={"Accept": "application/pdf"})
    by_query = browser.get(url, {"format": "pdf"})
    plain = browser.get(url)

    assert words in text_of(by_header.content)
    assert by_query.content == by_header.content
    assert plain.headers["Content-Type"] == "application/json"


@pytest.mark.usefixtures("book")
def test_a_machine_is_told_in_json_what_is_wrong(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/api/v1/loans/late/statement/", {"format": "pdf", "to": "soon"})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"to": "a day like 2026-01-31"}


@pytest.mark.usefixtures("book")
def test_a_loan_out_of_scope_has_no_letter(sign_in: SignIn) -> None:
    assert sign_in("supervisor").get("/loans/well/statement/?format=pdf").status_code == 404
    assert sign_in("administrator").get(QUOTE).status_code == 403


def test_a_long_letter_repeats_its_heads_and_counts_its_pages() -> None:
    rows = "".join(
        f"<tr><th>2026-01-01</th><td>Movement {n} 付款</td><td class='num'>1.00</td></tr>" for n in range(90)
    )
    letter = (
        f"<table><thead><tr><th>Day</th><th>What</th><th class='num'>CNY</th></tr></thead><tbody>{rows}</tbody></table>"
    )

    content = pdf_of(letter, language="en", title="Long", author="Bank")
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]

    assert len(pages) > 1
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert all("What" in page for page in pages)
    assert sum(page.count("付款") for page in pages) == 90


def test_the_same_letter_gives_the_same_bytes() -> None:
    made: list[Any] = [pdf_of("<p>Once & again</p>", language="en", title="T", author="A") for _ in range(2)]

    assert made[0] == made[1]


def test_what_is_hidden_from_the_eye_is_left_out() -> None:
    letter = '<h2>Title</h2><table><caption class="vh">Hidden <b>too</b></caption><tr><td>a<br>b &lt; c</td></tr></table><p> </p>'

    assert parts_of(letter) == [Block("h2", "Title"), Table([[parts_of(letter)[1].rows[0][0]]])]  # type: ignore[union-attr]
    assert parts_of(letter)[1].rows[0][0].markup == "a<br/>b &lt; c"  # type: ignore[union-attr]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("language", "words"), [("en", "Clearance of the loan"), ("zh-hans", "贷款结清证明")])
def test_a_loan_that_is_paid_off_has_its_clearance(language: str, words: str, sign_in: SignIn) -> None:
    Borrower.objects.update(language=language)
    browser = sign_in("agent")

    page = browser.get("/loans/paid/clearance/").content.decode()
    file = browser.get("/loans/paid/clearance/?format=pdf").content

    for text in (page, text_of(file)):
        assert words in text
        assert "12,240.00" in text
    told = browser.get("/api/v1/loans/paid/clearance/").json()
    assert told["waived"] == {"penalty": "0.00", "interest": "0.00", "principal": "0.00"}
    assert "/loans/paid/clearance/" in browser.get("/loans/paid/").content.decode()


@pytest.mark.usefixtures("book")
def test_while_something_is_owed_there_is_no_clearance(sign_in: SignIn) -> None:
    for path in ("/loans/late/clearance/", "/api/v1/loans/late/clearance/"):
        assert sign_in("agent").get(path).status_code == 404
