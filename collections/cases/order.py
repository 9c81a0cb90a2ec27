"""The order of the case list, and a place in it: what is compared first, the key of the case after that.

Both go the same way, so that "beyond this row" is one comparison of pairs, which an index answers at any depth.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, DateField, DateTimeField, F, Func, IntegerField

from cases.lines import Line
from cases.models.cases import ORDERS
from cases.models.order import AT_ONCE
from staff.statements import Blank, Given

FIRST = "-priority"
"""The order of who asks for none."""
UPWARDS = {"priority": True, "days": False, "amount": True, "next": True}
"""Whether what is compared grows with what is shown: the more days past due, the earlier the day since when."""
_FIELDS: dict[str, Any] = {
    "priority": IntegerField,
    "days": DateField,
    "amount": BigIntegerField,
    "next": DateTimeField,
}


class Beyond(Func):
    """Whether a row stands beyond a place: pairs are compared, both columns the same way."""

    output_field = BooleanField()

    def __init__(self, name: str, sign: str) -> None:
        super().__init__(ORDERS[name], F("pk"), Blank("value", _FIELDS[name]()), Blank("pk"))
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **context: Any) -> Any:
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        (key, pk, value, place) = (sql for sql, _params in parts)
        return f"({key}, {pk}) {self.sign} ({value}, {place})", tuple(each for _sql, params in parts for each in params)


class Order(NamedTuple):
    """By what, and whether the most of it comes first."""

    name: str
    descending: bool

    @classmethod
    def of(cls, sort: str) -> "Order":
        name = sort.removeprefix("-")
        return cls(name, sort.startswith("-")) if name in ORDERS else cls.of(FIRST)

    def is_ascending(self, *, backwards: bool) -> bool:
        """Whether the database reads from the least of what is compared upwards."""
        return (self.descending != UPWARDS[self.name]) != backwards

    def place_of(self, line: Line) -> str:
        """Where this line stands, as a cursor."""
        values = {"priority": line.priority, "days": line.behind_since, "amount": line.overdue, "next": line.next_at}
        value = values[self.name]
        text = value.isoformat() if isinstance(value, date) else str(value if value is not None else "now")
        return f"{text}~{line.pk}"

    def read(self, cursor: str) -> dict[str, Given] | None:
        """What fills the blanks of `Beyond`; None for what is no cursor of this order."""
        text, _mark, pk = cursor.rpartition("~")
        if not pk.isdecimal() or len(pk) > 18:
            return None
        try:
            return {"value": self._value(text), "pk": int(pk)}
        except ValueError:
            return None

    def _value(self, text: str) -> Given:
        if self.name == "days":
            return date.fromisoformat(text)
        if self.name != "next":
            value = int(text)
            if (abs(value) >= 2**31 and self.name == "priority") or abs(value) >= 2**63:
                raise ValueError(text)
            return value
        moment = AT_ONCE if text == "now" else datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
