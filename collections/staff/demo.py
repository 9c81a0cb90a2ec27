"""Demo sign-ins: one person per role. Refused in production, where DEMO is off."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from staff.models import Role, Team, User


class SignIn(NamedTuple):
    username: str
    password: str
    role: Role
    name: str


SIGN_INS = [
    SignIn("agent", "demo-agent", Role.AGENT, "Lin Agent"),
    SignIn("supervisor", "demo-supervisor", Role.SUPERVISOR, "Su Supervisor"),
    SignIn("manager", "demo-manager", Role.MANAGER, "Ma Manager"),
    SignIn("auditor", "demo-auditor", Role.AUDITOR, "Odit Auditor"),
    SignIn("administrator", "demo-administrator", Role.ADMINISTRATOR, "Ada Administrator"),
]
TEAM = "Team One"


def ensure_sign_ins() -> list[SignIn]:
    """Make the demo people where they are missing; nothing where demo mode is off."""
    if not settings.DEMO:
        return []
    with transaction.atomic():
        team, _ = Team.objects.get_or_create(name=TEAM)
        for sign_in in SIGN_INS:
            if not User.objects.filter(username=sign_in.username).exists():
                User.objects.create_user(
                    sign_in.username,
                    password=sign_in.password,
                    role=sign_in.role,
                    display_name=sign_in.name,
                    team=team if sign_in.role in {Role.AGENT, Role.SUPERVISOR} else None,
                )
    return SIGN_INS
