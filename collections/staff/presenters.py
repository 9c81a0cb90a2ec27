"""How the entries of this floor read."""

from typing import Any

from django.utils.translation import gettext as _

from audit.presenters import register


def _who(facts: dict[str, Any]) -> str:
    return facts.get("username") or _("a name that nobody here has")


register("staff.signed_in", lambda entry, facts: _("Signed in"))
register("staff.signed_out", lambda entry, facts: _("Signed out"))
register(
    "staff.absence_ended",
    lambda entry, facts: _("Absence from %(from_on)s to %(to_on)s ended, back on %(back_on)s") % facts,
)
register("staff.absence_noted", lambda entry, facts: _("Absence noted from %(from_on)s to %(to_on)s") % facts)
register("staff.person_added", lambda entry, facts: _("Added %(username)s as %(role)s") % facts)
register("staff.person_changed", lambda entry, facts: _("Changed %(username)s") % facts)
register("staff.work_set", lambda entry, facts: _("Changed what %(username)s takes") % facts)
register("staff.team_added", lambda entry, facts: _("Added the team %(name)s") % facts)
register("staff.team_changed", lambda entry, facts: _("Changed the team %(name)s") % facts["after"])
register(
    "staff.training_recorded",
    lambda entry, facts: _("Recorded an examination of %(username)s of %(exam_on)s: %(score)s %%") % facts,
)
register("staff.keys_rotated", lambda entry, facts: _("Wrote stored values again under the key %(key)s") % facts)
register("staff.job_started", lambda entry, facts: _("Started: %(title)s") % facts)
register("staff.job_ended", lambda entry, facts: _("Ended %(kind)s: %(state)s") % facts)
register("staff.sign_in_failed", lambda entry, facts: _("A sign-in failed: %(who)s") % {"who": _who(facts)})
register(
    "staff.door_shut",
    lambda entry, facts: _("Shut out for half an hour after too many tries: %(who)s") % {"who": _who(facts)},
)
register("staff.door_lifted", lambda entry, facts: _("Let in again before the half hour was over"))
register("staff.password_given", lambda entry, facts: _("Gave the password; the second factor is still to come"))
register("staff.code_refused", lambda entry, facts: _("A code of the second factor was refused"))
register("staff.stepped_up", lambda entry, facts: _("Gave a fresh code of the second factor"))
register("staff.factor_set_up", lambda entry, facts: _("Set up the second factor"))
register("staff.factor_reset", lambda entry, facts: _("Reset the second factor of %(username)s") % facts)
register("staff.recovery_code_used", lambda entry, facts: _("Used a recovery code; %(left)s left") % facts)
register("staff.recovery_codes_renewed", lambda entry, facts: _("Made new recovery codes"))
register(
    "staff.password_changed", lambda entry, facts: _("Changed the own password; %(ended)s other sessions ended") % facts
)
register("staff.password_set", lambda entry, facts: _("Set a new password for %(username)s") % facts)
register("staff.signed_out_everywhere", lambda entry, facts: _("Signed %(username)s out everywhere") % facts)
register("staff.other_sessions_ended", lambda entry, facts: _("Ended the other %(ended)s sessions") % facts)
register("staff.token_given", lambda entry, facts: _("Took a token for the API"))
register("staff.act_refused", lambda entry, facts: _("Was refused what the role may not do: %(route)s") % facts)
