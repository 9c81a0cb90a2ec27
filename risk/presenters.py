"""How the entries of this floor read."""

from django.utils.translation import gettext as _

from audit.presenters import register

register(
    "risk.portfolio_exported",
    lambda entry, facts: _("Exported %(rows)s rates of the portfolio as of %(on)s") % facts,
)
