"""Payments of a file settle in sets to the last row as the replay of each loan would: over random books and files."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending import settling
from lending.models import Allocation, Arrears, Instalment, Loan, Payment, PenaltyAccrual, Product
from lending.payment_rules import NewPayment
from lending.posting import post_many
from lending.sql.posting import settle_in_sets
from lending.written import ARREARS_FIELDS, SETTLED_FIELDS
from tests.lending.book.books import AT
from tests.lending.book.random_books import Life
from tests.lending.book.test_agreement import undone

pytestmark = pytest.mark.django_db


class PlainLife(Life):
    """Loans that sets may take: plainly counting products, one schedule each, nothing waived or paused."""

    def _product(self) -> Product:
        product = super()._product()
        plain = {
            "grace_excuses": True,
            "tolerance_days": 0,
            "counts_from": "oldest",
            "allocation_order_late": [],
            "calendar": "",
        }
        if product.penalty_base == "compound":
            plain["penalty_base"] = "principal"
        Product.objects.filter(pk=product.pk).update(**plain)
        return product

    _reschedule = _waive = _pause = Life._pay


def everything_written() -> list[list[tuple[object, ...]]]:
    """What settling writes, by the numbers of loans and the references of payments, in the order of its content."""
    arrears = Arrears.objects.values_list("loan__number", "as_of", *ARREARS_FIELDS)
    allocations = Allocation.objects.values_list(
        "loan__number", "payment__reference", "n", "component", "amount", "booked_on"
    )
    accruals = PenaltyAccrual.objects.values_list("loan__number", "from_on", "to_on", "amount", "booked_on")
    instalments = Instalment.objects.values_list("loan__number", "version__number", "n", *SETTLED_FIELDS)
    loans = Loan.objects.values_list("number", "status", "paid_off_on")
    return [sorted(map(tuple, rows), key=str) for rows in (arrears, allocations, accruals, instalments, loans)]


def a_file(life: Life, rows: int) -> list[NewPayment]:
    """Money for random loans, some twice, of these days, mostly of today; also too much of it."""
    random, loans = life.random, list(Loan.objects.order_by("pk"))
    file = []
    for n in range(rows):
        loan = random.choice(loans)
        value_on = max(loan.start_on, life.on - timedelta(days=random.choice([0, 0, 0, 0, 1, 2, 5, 20, -1])))
        amount = random.choice([1, 37, 20_00, 150_00, 600_00, 3_000_00])
        file.append(NewPayment(loan.number, f"F{n}", value_on, amount, loan.currency))
    return file


def posted(file: list[NewPayment], life: Life) -> list[list[tuple[object, ...]]]:
    with undone():
        outcomes = post_many(file, channel=Payment.Channel.IMPORT, on=life.on, at=AT)
        assert all(outcome.is_new for outcome in outcomes)
        return everything_written()


def check(random: Random, monkeypatch: pytest.MonkeyPatch) -> int:
    """Post one random file by both ways; says how many loans went in sets."""
    taken: set[int] = set()

    def watched(*given: object, **named: object) -> set[int]:
        taken.update(settle_in_sets(*given, **named))  # type: ignore[arg-type]
        return taken

    with undone(), monkeypatch.context() as patched:
        life = random.choice([Life, PlainLife, PlainLife])(random, loans=random.randint(3, 12))
        list(life.live(random.randint(3, 30), busy=0.2))
        file = a_file(life, random.randint(1, 15))
        patched.setattr(settling, "settle_in_sets", lambda *given, **named: set())
        right = posted(file, life)
        patched.setattr(settling, "settle_in_sets", watched)

        assert posted(file, life) == right
    return len(taken)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_file_settles_in_sets_as_it_would_loan_by_loan(random: Random) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check(random, monkeypatch)


def test_most_loans_of_many_files_go_in_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(check(Random(seed), monkeypatch) for seed in range(12)) > 10


def test_no_index_of_instalments_looks_at_what_a_payment_changes() -> None:
    """Else each payment writes into every index of the table, whatever that index is about."""
    changed = {*SETTLED_FIELDS, "open"}

    for index in [*Instalment._meta.indexes, *Instalment._meta.total_unique_constraints]:
        assert changed.isdisjoint(index.fields), index.name
        assert not any(name in str(index.condition) for name in changed), index.name
