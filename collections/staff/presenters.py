"""How the entries of this floor read."""

from django.utils.translation import gettext as _

from audit.presenters import register

register("staff.signed_in", lambda entry, facts: _("Signed in"))
register("staff.signed_out", lambda entry, facts: _("Signed out"))
register("staff.absence_noted", lambda entry, facts: _("Absence noted from %(from_on)s to %(to_on)s") % facts)
register("staff.person_added", lambda entry, facts: _("Added %(username)s as %(role)s") % facts)
register("staff.person_changed", lambda entry, facts: _("Changed %(username)s") % facts)
register("staff.work_set", lambda entry, facts: _("Changed what %(username)s takes") % facts)
register("staff.team_added", lambda entry, facts: _("Added the team %(name)s") % facts)
register("staff.team_changed", lambda entry, facts: _("Changed the team %(name)s") % facts["after"])
register("staff.job_started", lambda entry, facts: _("Started: %(title)s") % facts)
register("staff.job_ended", lambda entry, facts: _("Ended %(kind)s: %(state)s") % facts)
