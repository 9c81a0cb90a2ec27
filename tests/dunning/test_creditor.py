"""Whose name a message bears: the funder's until a guarantor has paid for what it asks, the guarantor's from then on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changed import AT, guarantee, person, rule
from dunning.by_hand import creditors_of
from dunning.models import Reminder
from dunning.owed import loans_of, open_rows
from dunning.planning import plan
from dunning.sending import sweep
from lending.guarantor_payments import propose_payment
from lending.models import Borrower, Funder, Loan
from lending.parties import get_funder
from outbox_book import DAY, MORNING, lend, one_due, people
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")


@pytest.fixture
def surety(db: None) -> Funder:
    made = get_funder("surety", "Surety Co")
    made.signature_zh = "担保公司"
    made.save()
    return made


@pytest.fixture
def late(surety: Funder) -> tuple[Borrower, Loan]:
    borrower, loan = one_due(7)
    guarantee(guarantor=surety, loan=loan, days=1, cap_ppm=1_200_000)
    return borrower, loan


def takes_over(loan: Loan) -> None:
    change = propose_payment(
        loan=loan, paid_on=DAY, whole=True, reference="G1", words="Paid.", by=person("supervisor"), at=AT, on=DAY
    )
    rule(change, on=DAY)


def test_before_the_guarantor_pays_the_funder_speaks(late: tuple[Borrower, Loan]) -> None:
    plan(DAY, MORNING)

    assert Reminder.objects.get().funder.code == "northbank"


def test_once_it_has_paid_the_guarantor_speaks(late: tuple[Borrower, Loan], surety: Funder) -> None:
    takes_over(late[1])

    plan(DAY, MORNING)

    assert Reminder.objects.get().funder == surety
    assert surety in creditors_of(late[0])


def test_what_was_planned_in_the_funders_name_does_not_go_out_any_more(
    late: tuple[Borrower, Loan], gateway: Stub
) -> None:
    plan(DAY, MORNING)
    takes_over(late[1])

    later = MORNING + timedelta(minutes=30)
    sweep(lambda: later, pause=lambda _seconds: None)

    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.reason) == ("cancelled", "settled")


def test_the_penalty_is_named_by_the_creditor_to_whom_it_belongs(late: tuple[Borrower, Loan], surety: Funder) -> None:
    takes_over(late[1])
    other = lend([late[0]], DAY, mark="M")[0]

    rows = {row.loan_id: row for row in open_rows(loans_of([late[0].pk]), until=DAY)}

    assert [rows[late[1].pk].funder_id, rows[other.pk].funder_id] == [surety.pk, other.funder_id]
    assert rows[late[1].pk].has_penalty


def test_more_borrowers_cost_no_more_queries(late: tuple[Borrower, Loan]) -> None:
    def count() -> int:
        borrowers = list(Borrower.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            list(open_rows(loans_of(borrowers), until=DAY))
        return len(captured)

    few = count()
    lend(people(30, first=100), DAY)

    assert count() == few
