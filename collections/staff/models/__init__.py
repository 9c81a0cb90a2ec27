"""People, teams, absence, one-time keys and running jobs."""

from staff.models.jobs import Job, JobQuerySet, Pulse
from staff.models.once import SpentKey
from staff.models.people import Absence, Role, Skill, Team, User, UserQuerySet

__all__ = ["Absence", "Job", "JobQuerySet", "Pulse", "Role", "Skill", "SpentKey", "Team", "User", "UserQuerySet"]
