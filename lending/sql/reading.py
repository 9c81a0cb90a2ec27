"""What an arrears row says of a day, as expressions for the ORM: `Arrears.penalty_on` and `overdue_on` over many rows."""

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, DateField, F, Func, Value
from django.db.models.expressions import Combinable

from lending.money import PPM


class _DaysSince(Func):
    """Whole days from a day to a later one; none where it comes before."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "MAX(0, CAST(julianday(%(expressions)s) AS integer))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "GREATEST(0, %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)


def penalty_on(on: date, arrears: str = "") -> Combinable:
    """Penalty accrued up to that day, neither paid nor waived; `arrears` leads to the row, as in "arrears__"."""
    days = _DaysSince(Value(on, DateField()), F(f"{arrears}as_of"))
    whole = F(f"{arrears}penalty_day_basis") * PPM
    penalty, compound = (
        (F(f"{arrears}{name}_numerator") + F(f"{arrears}{name}_growth") * days + whole / 2) / whole
        for name in ("penalty", "compound")
    )
    return penalty + compound - F(f"{arrears}penalty_paid") - F(f"{arrears}penalty_waived")


def overdue_on(on: date, arrears: str = "") -> Combinable:
    """Everything past due on that day, penalty with it."""
    return F(f"{arrears}overdue_principal") + F(f"{arrears}overdue_interest") + penalty_on(on, arrears)
