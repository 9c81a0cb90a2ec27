"""The book under kill -9 and under many hands: nothing is lost, doubled or stale."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from audit.failpoints import EXIT_STATUS
from audit.models import Entry
from lending import nightly
from lending.helping import ask_for_help, help_to_close
from lending.horizon import begin_day
from lending.models import ClosedDay, Loan, Payment, SuspendedPayment
from lending.posting import PaymentConflictError, post_payment, reverse_payment
from lending.receiving import receive
from lending.settling import settle
from lending.verify import verify
from tests.lending.book.books import AT, Book, person
from tests.lending.book.test_agreement import rows_written

Answer = TypeVar("Answer")
MONTHS = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-06-01", 100_00, 10_00)]
NIGHT = date(2025, 3, 4)
"""31 days after the first instalment: every loan that is behind turns."""

CLOSE_IN_SMALL_BLOCKS = f"""
import config, django, datetime
django.setup()
from lending import horizon, nightly, rolling, settling
horizon.BLOCK_LOANS = rolling.BLOCK_LOANS = 4
nightly.LOANS_PER_TRANSACTION = settling.LOANS_PER_TRANSACTION = 3
nightly.run(on=datetime.date.fromisoformat("{NIGHT}"), at=datetime.datetime.fromisoformat("{AT.isoformat()}"))
"""


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lending.horizon.BLOCK_LOANS", 4)
    monkeypatch.setattr("lending.rolling.BLOCK_LOANS", 4)


@pytest.fixture
def shared_book(transactional_db: None) -> Book:
    """Committed, so that other processes and threads see it: 20 late loans, some with money of the night's value day."""
    book = Book()
    product = book.product(penalty_rate_ppm=360_000)
    loans = [book.loan(MONTHS, product=product) for _ in range(20)]
    for loan in loans[::3]:
        book.pay(loan, NIGHT.isoformat(), 50_00)
    book.close("2025-03-03")
    return book


def database_url() -> str:
    """The test database as another process names it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def die_at(failpoint: str) -> int:
    """Close the night in a process of its own that dies at that place; its exit status."""
    env = os.environ | {"DATABASE_URL": database_url(), "FAILPOINT": failpoint}
    outcome = subprocess.run(
        [sys.executable, "-c", CLOSE_IN_SMALL_BLOCKS], env=env, cwd=settings.BASE_DIR, check=False, timeout=120
    )
    return outcome.returncode


@pytest.mark.processes
@pytest.mark.parametrize(
    "failpoint",
    ["lending.loans_settled:1", "lending.loans_settled:3", *(f"lending.block_rolled:{nth}" for nth in (1, 3, 5))],
)
def test_a_night_killed_and_run_again_is_one_clean_night(shared_book: Book, small_blocks: None, failpoint: str) -> None:
    with transaction.atomic():
        nightly.run(on=NIGHT, at=AT)
        clean = rows_written()
        transaction.set_rollback(True)

    assert die_at(failpoint) == EXIT_STATUS
    assert verify() == []
    nightly.run(on=NIGHT, at=AT)

    assert rows_written() == clean


def together(tasks: list[Callable[[], Answer]], hands: int = 8) -> list[Answer]:
    """The answers of tasks done by several threads at once, each on a connection of its own."""

    def on_own_connection(task: Callable[[], Answer]) -> Answer:
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(on_own_connection, tasks))


def test_a_payment_posted_by_many_at_once_is_one_payment(shared_book: Book) -> None:
    loan = Loan.objects.order_by("pk")[1]

    def post(amount: int, key: int) -> str:
        try:
            payment = post_payment(
                loan=loan,
                reference=f"key-{key}",
                value_on=date(2025, 3, 1),
                amount=amount,
                currency="CNY",
                channel=Payment.Channel.API,
                on=NIGHT,
                at=AT,
            )
        except PaymentConflictError:
            return "conflict"
        return str(payment.pk)

    answers = together([lambda key=key: post(10, key) for key in range(5) for _ in range(12)])  # type: ignore[misc]
    others = together([lambda key=key: post(11, key) for key in range(5)])  # type: ignore[misc]

    assert len(set(answers)) == 5
    assert set(others) == {"conflict"}
    assert Payment.objects.filter(reference__startswith="key-").count() == 5
    assert verify() == []


def test_a_payment_reversed_by_many_at_once_is_reversed_once(shared_book: Book) -> None:
    payment = Payment.objects.order_by("pk")[0]

    def reverse() -> int:
        return reverse_payment(payment, reference="undo", on=NIGHT, at=AT, by=None).pk

    assert len(set(together([reverse] * 8))) == 1
    assert verify() == []


@pytest.fixture
def clean(shared_book: Book, small_blocks: None) -> tuple[dict[str, int], object]:
    """What the night counts and writes when nobody helps."""
    with transaction.atomic():
        found = nightly.run(on=NIGHT, at=AT), rows_written()
        transaction.set_rollback(True)
    return found


def help_on_own_connection(**given: Any) -> int:
    return together([partial(help_to_close, **given)], hands=1)[0]


def test_what_helpers_roll_the_night_finds_rolled(
    clean: tuple[dict[str, int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rolled: list[int] = []

    def help_at_once(*, kwargs: dict[str, Any], expires: int) -> None:
        rolled.append(help_on_own_connection(**kwargs))

    monkeypatch.setattr("lending.helping.has_many_writers", lambda: True)
    monkeypatch.setattr("lending.helping.BLOCKS_PER_HAND", 2)
    monkeypatch.setattr("lending.helping.help_to_close.apply_async", help_at_once)

    assert nightly.run(on=NIGHT, at=AT) == clean[0]

    assert len(rolled) >= 2
    assert sum(rolled) == clean[0]["rolled"]
    assert rows_written() == clean[1]


def test_a_helper_who_comes_late_or_finds_a_parked_loan_rolls_nothing(shared_book: Book) -> None:
    loan_ids = list(Loan.objects.values_list("pk", flat=True))
    not_begun = help_to_close(day=NIGHT.isoformat(), hand=0, hands=1, parked=[])
    begin_day(NIGHT, AT)

    parked = help_to_close(day=NIGHT.isoformat(), hand=0, hands=1, parked=loan_ids)
    ClosedDay.objects.create(day=NIGHT, closed_at=AT)
    late = help_to_close(day=NIGHT.isoformat(), hand=0, hands=1, parked=[])

    assert [not_begun, parked, late] == [0, 0, 0]


def test_a_night_and_its_helpers_at_once_are_one_clean_night(clean: tuple[dict[str, int], object]) -> None:
    begin_day(NIGHT, AT)
    settle(nightly.loans_to_settle(NIGHT, date(2025, 3, 3)), on=NIGHT)

    def night() -> int:
        return nightly.run(on=NIGHT, at=AT)["parked"]

    def help_out(hand: int) -> int:
        return int(help_to_close(day=NIGHT.isoformat(), hand=hand, hands=3, parked=[]))

    tasks: list[Callable[[], int]] = [night, *(partial(help_out, hand) for hand in range(3))]
    together(tasks, hands=4)

    assert rows_written() == clean[1]
    assert verify() == []


@pytest.mark.parametrize(("blocks", "hands"), [(3, 0), (9, 2), (200, 8)])
def test_the_night_asks_for_as_many_hands_as_its_blocks_can_use(
    monkeypatch: pytest.MonkeyPatch, blocks: int, hands: int
) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr("lending.helping.has_many_writers", lambda: True)
    monkeypatch.setattr("lending.helping.help_to_close.apply_async", lambda **given: asked.append(given["kwargs"]))

    ask_for_help(NIGHT, blocks=blocks, parked=[7])

    day = NIGHT.isoformat()
    assert asked == [{"day": day, "hand": hand, "hands": hands, "parked": [7]} for hand in range(hands)]


def test_money_entered_while_the_night_runs_meets_no_stale_loan(shared_book: Book, small_blocks: None) -> None:
    loans = list(Loan.objects.order_by("pk"))

    def night() -> None:
        nightly.run(on=NIGHT, at=AT)

    def pay(loan: Loan) -> None:
        shared = shared_book.pay(loan, "2025-03-02", 131_00, reference=f"during-{loan.pk}")
        assert shared.pk

    together([night, *(lambda loan=loan: pay(loan) for loan in loans)], hands=6)
    nightly.run(on=NIGHT, at=AT)
    ClosedDay.objects.create(day=NIGHT, closed_at=AT)

    assert settle([loan.pk for loan in loans], on=NIGHT) == 0
    assert verify() == []


def test_money_without_a_loan_told_by_many_at_once_is_kept_once_and_on_record_once(shared_book: Book) -> None:
    manager = person("manager")

    def post(key: int) -> bool:
        payment, is_new = receive(
            loan=None, loan_number="nowhere", reference=f"lost-{key}", value_on=date(2025, 3, 1), amount=10,
            currency="CNY", on=NIGHT, at=AT, by=manager,
        )  # fmt: skip
        assert payment is None
        return is_new

    answers = together([lambda key=key: post(key) for key in range(10) for _ in range(12)])  # type: ignore[misc]

    assert answers.count(True) == SuspendedPayment.objects.count() == 10
    assert Entry.objects.filter(action="lending.payment_suspended").count() == 10
