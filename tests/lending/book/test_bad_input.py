"""Input that makes no sense is refused by the name of what is wrong with it; a rate of nothing makes sense."""

from datetime import date

import pytest

from lending.models import Payment, SuspendedPayment
from lending.posting import NewPayment, post_many
from lending.schedules import TermsError, build
from lending.schedules.terms import Terms
from tests.lending.book.books import AT, Book

TERMS = {"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-15"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"periods": 0}, "periods", id="no periods"),
        pytest.param(
            {"method": "staged", "staged_percentages": ["50", "49"]}, "staged_percentages", id="not a hundred"
        ),
        pytest.param({"first_due_on": "2026-01-14"}, "first_due_on", id="due before it starts"),
        pytest.param({"annual_rate": "-1"}, "annual_rate", id="a rate below nothing"),
        pytest.param({"method": "daily"}, "day_count", id="daily interest without days"),
    ],
)
def test_terms_that_make_no_sense_name_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(TermsError) as refused:
        build(Terms.parse({**TERMS, **changes}))

    assert refused.value.field == field


def test_a_rate_of_nothing_costs_nothing() -> None:
    assert sum(row.interest for row in build(Terms.parse({**TERMS, "annual_rate": "0"}))) == 0


def test_a_file_of_bad_payments_says_what_is_wrong_with_each_and_loses_none(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)])
    book.pay(loan, "2025-01-10", 10_00, reference="known")
    good = NewPayment(loan.number, "new", date(2025, 1, 10), 10_00, "CNY")

    outcomes = post_many(
        [
            good._replace(loan_number="nowhere"),
            good._replace(reference="early", value_on=date(2024, 12, 31)),
            good._replace(reference="dollars", currency="USD"),
            good._replace(reference="known", amount=11_00),
            good._replace(reference="known"),
        ],
        channel=Payment.Channel.IMPORT,
        on=date(2025, 1, 10),
        at=AT,
    )

    said = [outcome.error for outcome in outcomes]
    assert said[0] == said[4] == ""
    assert "starts on 2025-01-01" in said[1]
    assert "is in CNY, the payment in USD" in said[2]
    assert "known is known with other content" in said[3]
    assert SuspendedPayment.objects.get().loan_number == "nowhere"
    assert Payment.objects.count() == 1
