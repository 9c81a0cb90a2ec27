"""Files to import, in the words of the formats."""

import csv
import io
from pathlib import Path

LOAN = {
    "number": "L-1",
    "funder": "North Bank",
    "product": "cash-12",
    "borrower_ref": "B-1",
    "borrower_name": "王小明",
    "phone": "19900000001",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "currency": "CNY",
    "principal": "12000.00",
    "annual_rate": "24",
    "periods": "12",
    "method": "equal_installment",
    "frequency": "monthly",
    "start_on": "2026-01-15",
    "first_due_on": "2026-02-15",
    "day_count": "month/12",
}
PAYMENT = {
    "reference": "P-1",
    "loan_number": "L-1",
    "value_on": "2026-02-15",
    "amount": "1134.72",
    "currency": "CNY",
}
PAYDAY = {
    "Loan_ID": "pd1",
    "loan_status": "COLLECTION",
    "Principal": "1000",
    "terms": "30",
    "effective_date": "9/8/2016",
    "due_date": "10/7/2016",
    "paid_off_time": "",
    "past_due_days": "62",
}


def loan(**cells: str) -> dict[str, str]:
    """A row of a native loan tape; a loan of another number has a borrower of its own."""
    own = {"borrower_ref": f"B-{cells['number']}"} if "number" in cells else {}
    return LOAN | own | cells


def payment(**cells: str) -> dict[str, str]:
    return PAYMENT | cells


def payday(**cells: str) -> dict[str, str]:
    return PAYDAY | cells


def text_of(*rows: dict[str, str]) -> str:
    """The rows under a header of their columns."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write(folder: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    """The rows as a file."""
    path = folder / "tape.csv"
    path.write_bytes(text_of(*rows).encode(encoding))
    return path
