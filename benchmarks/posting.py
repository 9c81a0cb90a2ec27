"""J5, payments of a file: the book's posting beside one statement that does the same writes and beside an ORM in bulk."""

import csv
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db.models import Prefetch

from benchmarks import posting_limit
from benchmarks.measuring import Cost, cost_of, one, sql, undone
from benchmarks.portfolio import AT, LAST
from lending.allocation import LOAN, AllocationBy, Component, Due, allocate
from lending.buckets import bucket
from lending.models import Allocation, Arrears, Instalment, Loan, Payment
from lending.posting import NewPayment, post_many
from lending.signals import payment_posted

CHUNK = 2_000
"""Rows in one transaction, as the import of a payments file takes them."""
PEER_SAMPLE = 4_000


def measure(folder: Path, payments: int, told: Callable[[str], None]) -> dict[str, Cost | int]:
    """The same file by every way; the console's comes last and stays."""
    path = folder / "payments.csv"
    count = _write_file(path, payments)
    found: dict[str, Cost | int] = {"payments": count}
    sample = list(islice(read(path), PEER_SAMPLE))
    posting_limit.prepare(LAST)
    found["limit"] = cost_of(lambda: posting_limit.post(read(path), LAST))
    told(f"limit: {found['limit']}")
    sql("VACUUM ANALYZE")
    with undone():
        since = time.perf_counter()
        _orm_bulk(sample)
        found["orm_bulk"] = Cost((time.perf_counter() - since) * count / len(sample), 0, 0)
    told(f"ORM in bulk: {found['orm_bulk']} from a sample of {len(sample)}")
    half = count // 2
    with _nobody_told():
        found["book_half"] = cost_of(lambda: _post(islice(read(path), half), found))
    told(f"the book alone, the first half: {found['book_half']}")
    found["console_half"] = cost_of(lambda: _post(islice(read(path), half, None), found))
    told(f"with the floors above, the second half: {found['console_half']}")
    found["half"], found["other_half"] = half, count - half
    found["differences"] = posting_limit.differences(LAST)
    found["again"] = cost_of(lambda: _post(islice(read(path), 5_000), found))
    found["allocations"] = one("SELECT count(*) FROM bench_allocation") - one(
        f"SELECT count(*) FROM lending_allocation WHERE booked_on < DATE '{LAST}'"
    )
    return found


def read(path: Path) -> Iterator[NewPayment]:
    """The file's rows, one at a time."""
    with path.open(newline="") as file:
        for number, reference, amount in csv.reader(file):
            yield NewPayment(number, reference, LAST, int(amount), "CNY")


def _write_file(path: Path, payments: int) -> int:
    """One payment a loan: what is left of its oldest open instalment and half as much again."""
    rows = Instalment.objects.filter(is_current=True, open__gt=0).order_by("loan", "n").distinct("loan")
    picked = rows.values_list("loan__number", "open")[:payments]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        count = 0
        for number, left in picked.iterator():
            writer.writerow([number, f"bench-{number}", left * 3 // 2])
            count += 1
    return count


def _post(rows: Iterable[NewPayment], found: dict[str, Cost | int]) -> None:
    """Chunk by chunk, each in a transaction of its own; notes how memory stands after the second chunk and at the end."""
    stream, done = iter(rows), 0
    while chunk := list(islice(stream, CHUNK)):
        for posted in post_many(chunk, channel=Payment.Channel.IMPORT, on=LAST, at=AT):
            assert not posted.error, posted.error
        done += 1
        if done == 2:
            found.setdefault("memory_early", _memory())
    found["memory_late"] = _memory()


def _memory() -> int:
    """The most memory this process has held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def _nobody_told() -> Iterator[None]:
    """The book on its own, as the limit is: the floors above do not hear of payments."""
    receivers, payment_posted.receivers = payment_posted.receivers, []
    payment_posted.sender_receivers_cache.clear()
    try:
        yield
    finally:
        payment_posted.receivers = receivers
        payment_posted.sender_receivers_cache.clear()


def _orm_bulk(rows: Sequence[NewPayment], chunk: int = 1_000) -> None:
    """Prefetch, allocate in Python, bulk_create and bulk_update."""
    for start in range(0, len(rows), chunk):
        wanted = {row.loan_number: row for row in rows[start : start + chunk]}
        open_rows = Instalment.objects.filter(is_current=True, open__gt=0).order_by("n")
        loans = list(
            Loan.objects.filter(number__in=wanted)
            .select_related("arrears")
            .prefetch_related(Prefetch("instalments", open_rows, to_attr="open_rows"))
        )
        payments = Payment.objects.bulk_create(_payment(loan, wanted[loan.number]) for loan in loans)
        parts: list[Allocation] = []
        changed: list[Instalment] = []
        behind: list[Arrears] = []
        for loan, payment in zip(loans, payments, strict=True):
            _allocate(loan, payment, parts, changed, behind)
        Allocation.objects.bulk_create(parts)
        Instalment.objects.bulk_update(changed, ["paid_principal", "paid_interest"])
        fields = ["oldest_due_on", "bucket", "overdue_principal", "overdue_interest", "penalty_paid"]
        Arrears.objects.bulk_update(behind, fields)
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would check; this one is rolled back
        sql("SET CONSTRAINTS ALL DEFERRED")


def _payment(loan: Loan, row: NewPayment) -> Payment:
    return Payment(
        loan=loan, reference=row.reference, value_on=row.value_on, amount=row.amount, currency=row.currency,
        channel=Payment.Channel.IMPORT, posted_at=AT,
    )  # fmt: skip


def _allocate(
    loan: Loan, payment: Payment, parts: list[Allocation], changed: list[Instalment], behind: list[Arrears]
) -> None:
    rows: dict[int, Instalment] = {row.n: row for row in loan.open_rows}  # type: ignore[attr-defined]
    arrears = getattr(loan, "arrears", None)
    dues = [Due(None, Component.PENALTY, arrears.penalty_on(LAST))] if arrears else []
    for row in rows.values():
        dues.append(Due(row.n, Component.INTEREST, row.interest - row.paid_interest))
        dues.append(Due(row.n, Component.PRINCIPAL, row.principal - row.paid_principal))
    for n, component, share in allocate(payment.amount, dues, LOAN, AllocationBy.INSTALMENT):
        parts.append(Allocation(payment=payment, loan=loan, n=n, component=component, amount=share, booked_on=LAST))
        if n is None:
            assert arrears
            arrears.penalty_paid += share
        else:
            field = f"paid_{component}"
            setattr(rows[n], field, getattr(rows[n], field) + share)
            if rows[n] not in changed[-2:]:
                changed.append(rows[n])
    if arrears:
        late = [row for row in rows.values() if row.due_on < LAST]
        left = [(row, row.principal - row.paid_principal, row.interest - row.paid_interest) for row in late]
        oldest = min((row.due_on for row, principal, interest in left if principal + interest), default=None)
        arrears.oldest_due_on = oldest
        arrears.bucket = bucket((LAST - oldest).days) if oldest else "M0"
        arrears.overdue_principal = sum(principal for _, principal, _ in left)
        arrears.overdue_interest = sum(interest for _, _, interest in left)
        behind.append(arrears)
