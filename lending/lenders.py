"""What kind of lender a funder is by its licence: which rules on the cost of credit bind it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LenderKind(models.TextChoices):
    """Other local ones are the kinds to which the rules on private lending do not apply either: guarantee, leasing, factoring,
    pawn and asset management companies, equity markets (Supreme People's Court, Fa Shi 2020 No. 27).
    """

    UNKNOWN = "", _("Not said: every rule is shown")
    BANK = "bank", _("Licensed bank")
    CONSUMER_FINANCE = "consumer_finance", _("Consumer finance company")
    MICROLOAN = "microloan", _("Micro-loan company")
    LOCAL = "local", _("Other local financial organisation")
    PRIVATE = "private", _("Private lender")
