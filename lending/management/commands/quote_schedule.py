"""`quote_schedule`: terms as JSON on stdin, the schedule and its yearly cost as JSON on stdout."""

from lending.quoting import QuoteCommand
from lending.schedules.quote import answer


class Command(QuoteCommand):
    help = "Quote a repayment schedule: JSON terms on stdin to JSON rows on stdout."

    def answer(self, document: object) -> dict[str, object]:
        return answer(document)
