"""Why a restructuring cannot be made like that, in the reader's language."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from restructuring.instruments.refusal import RefusedError

WORDS: Mapping[str, Callable[[], str]] = {
    "nothing_unpaid": lambda: _("Every instalment is paid: there is nothing to move."),
    "waived_ahead": lambda: _(
        "Part of what is unpaid was waived or did not accrue: this loan cannot be restructured here."
    ),
    "nothing_ahead": lambda: _("No instalment is still to come: choose a number of instalments."),
    "nothing_amortises": lambda: _("No instalment would be left that repays principal."),
    "still_past": lambda: _("The first unpaid instalment would still lie in the past."),
    "still_past_due": lambda: _("Something would stay past due: the plan must take it up."),
    "too_long": lambda: _("That is longer than any loan here lives."),
    "rate_not_raised": lambda: _("A plan never raises the rate."),
    "not_longer": lambda: _("That is not longer than what is left."),
    "sixty_months": lambda: _("A personalised plan runs for at most sixty months."),
}


def why_refused(refused: RefusedError) -> str:
    words = WORDS.get(refused.rule)
    return words() if words else _("This cannot be made of the loan.")
