"""`quote_plan`: a loan and instruments as JSON on stdin, the remaining rows and what they cost as JSON on stdout."""

from lending.quoting import QuoteCommand
from restructuring.instruments.quote import answer


class Command(QuoteCommand):
    help = "Quote a plan: a loan and instruments as JSON on stdin to the changed rows on stdout (docs/quote_plan.md)."
    rule = "input"

    def answer(self, document: object) -> dict[str, object]:
        return answer(document)
