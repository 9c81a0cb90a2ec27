"""When the time of a next action comes, as something that every row has and an index can hold."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Func

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Before every instant: the time of what may be done now."""


class DueFrom(Func):
    """The instant from which something may be done: that of the column, or `AT_ONCE` where it is empty.

    The constant stands in the SQL, for only so does an index know its own expression again.
    """

    output_field = DateTimeField()
    arity = 1
    template = "COALESCE(%(expressions)s, '1970-01-01 00:00:00+00:00')"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="COALESCE(%(expressions)s, '1970-01-01 00:00:00')", **context)
