"""A large demo is loaded in one go: the same rows as the services write, and the same on every database."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from audit.models import Entry
from config.demo import book
from config.demo.catalogue import write_funders, write_products
from config.demo.lives import Life, lives
from config.demo.portfolio import write_portfolio
from dunning.models import ReminderLine
from lending.booking import NewLoan, book_many
from lending.horizon import begin_day
from lending.loading import Loader, write
from lending.models import Loan, Payment
from lending.parties import NewBorrower, NewContactPoint, add_contact_points, register_borrowers
from lending.posting import NewPayment, post_many
from lending.settling import settle
from running_console import ROOT
from tables import book_rows

DAY = date(2026, 3, 30)
EVE = DAY - timedelta(days=1)
AT = datetime(2026, 3, 30, tzinfo=UTC)
LOANS, SEED = 150, 4


def enter_through_services(people: list[Life]) -> None:
    funders, products = write_funders(), write_products()
    named = [NewBorrower(p.ref, p.name, language=p.language, time_zone=p.time_zone) for p, _ in people]
    known = register_borrowers(named, at=AT)
    add_contact_points([NewContactPoint(known[p.ref], p.phone) for p, _ in people], at=AT)
    loans = [(life, loan) for life in people for loan in life.loans]
    entered = book_many(
        [
            NewLoan(loan.number, funders[loan.funder], products[loan.product], known[life.person.ref], loan.terms)
            for life, loan in loans
        ],
        at=AT,
    )
    payments = [
        NewPayment(loan.number, f"{loan.number}-{n}", paid.on, paid.amount, loan.terms.currency)
        for _, loan in loans
        for n, paid in enumerate(loan.payments, start=1)
    ]
    post_many(payments, channel=Payment.Channel.IMPORT, on=EVE, at=AT)
    begin_day(EVE, AT)
    settle([loan.pk for loan in entered], on=EVE)


@pytest.mark.django_db
def test_a_book_loaded_is_the_book_that_the_services_write() -> None:
    people = list(lives(LOANS, SEED, DAY))
    with transaction.atomic():
        enter_through_services(people)
        by_services = book_rows()
        transaction.set_rollback(True)

    funders, products = write_funders(), write_products()
    loader = Loader(on=EVE, at=AT)
    for chunk in book.chunks(people, 40):
        write(loader.rows_of(book._borrower(life, funders, products) for life in chunk))

    assert book_rows() == by_services


@pytest.mark.processes
@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_same_figures_give_the_same_book_on_every_database(tmp_path: Path) -> None:
    command = [sys.executable, "tests/support/seed_in_bulk.py", str(LOANS), str(SEED), str(DAY)]
    keys = {"FIELD_KEYS": settings.FIELD_KEYS, "INDEX_KEY": settings.INDEX_KEY, "VAR_DIR": str(tmp_path)}
    scratch = {"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3", "SECRET_KEY": "k" * 50}
    elsewhere = subprocess.run(
        command, cwd=ROOT, env=os.environ | keys | scratch, capture_output=True, text=True, check=True
    ).stdout

    write_portfolio(loans=LOANS, seed=SEED, day=DAY, told=lambda *_: None, days_lived=0)

    state = StringIO()
    call_command("export_state", "--json", stdout=state)
    here = "".join(f"{row}\n" for row in book_rows()) + state.getvalue()
    assert here == elsewhere


@pytest.mark.django_db(transaction=True)
def test_a_book_loaded_in_one_go_is_whole_and_worked() -> None:
    write_portfolio(loans=LOANS, seed=SEED, day=DAY, told=lambda *_: None, days_lived=0)

    call_command("verify_ledger", stdout=StringIO())
    call_command("verify_audit", stdout=StringIO())
    call_command("run_dunning", "--date", "2026-03-31", stdout=StringIO())
    reminded = ReminderLine.objects.filter(reminder__local_day="2026-03-31").values("loan").distinct().count()
    assert reminded >= LOANS / 4
    assert {"lending.day_closed", "cases.assigned"} <= set(Entry.objects.values_list("action", flat=True))
    assert Loan.objects.latest("pk").pk + 1 == _next_key()


def _next_key() -> int:
    """The key that the database gives to the next loan."""
    if connection.vendor == "sqlite":
        return Loan.objects.count() + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('lending_loan', 'id'))")
        return int(cursor.fetchone()[0])
