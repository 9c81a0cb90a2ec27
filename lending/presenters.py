"""How the entries of this floor read."""

from django.utils.translation import gettext as _

from audit.presenters import register

register("lending.day_closed", lambda entry, facts: _("Closed the day %(day)s") % facts)
