"""People, teams, absence, how they sign in, one-time keys and running jobs."""

from staff.models.doors import Door
from staff.models.factors import Factor, RecoveryCode
from staff.models.jobs import Job, JobQuerySet, Pulse
from staff.models.once import SpentKey
from staff.models.people import Absence, Role, Skill, Team, User, UserQuerySet
from staff.models.sessions import Session
from staff.models.training import Training

__all__ = [
    "Absence",
    "Door",
    "Factor",
    "Job",
    "JobQuerySet",
    "Pulse",
    "RecoveryCode",
    "Role",
    "Session",
    "Skill",
    "SpentKey",
    "Team",
    "Training",
    "User",
    "UserQuerySet",
]
