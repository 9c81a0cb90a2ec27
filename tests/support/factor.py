"""A console outside demo mode: people of each role, an authenticator in hand, the clock moved on."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from audit.clock import machine_now, now
from staff import factors, totp
from staff.models import Role, User

PASSWORD = "a-long-enough-word"


class Authenticator:
    """A person's phone."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, *, steps: int = 0) -> str:
        """What it shows now, or so many half minutes from now."""
        return totp.code_of(self.secret, totp.step_at(machine_now().timestamp()) + steps)


def person(role: str = Role.AGENT, username: str = "") -> User:
    return User.objects.create_user(username or f"the-{role}", password=PASSWORD, role=role)


def enrolled(role: str = Role.SUPERVISOR, username: str = "") -> tuple[User, Authenticator, list[str]]:
    """A person with a second factor, set up a minute ago so that the code shown now is unused; and the recovery codes."""
    someone, phone = person(role, username), Authenticator(totp.new_secret())
    with time_machine.travel(machine_now() - timedelta(minutes=1), tick=False):
        codes = factors.enrol(someone, phone.secret, phone.code(), at=now())
    return someone, phone, codes


def sign_in(username: str, password: str = PASSWORD, *, client: Client | None = None, **more: Any) -> Client:
    """A browser after its try at the sign-in page."""
    browser = client or Client()
    browser.post("/sign-in/", {"username": username, "password": password}, **more)
    return browser


def give_code(client: Client, code: str, **more: Any) -> Any:
    return client.post("/sign-in/code/", {"code": code}, **more)


def signed_in(someone: User, phone: Authenticator) -> Client:
    """A browser signed in with both factors."""
    browser = sign_in(someone.username)
    give_code(browser, phone.code())
    return browser


def is_in(client: Client) -> bool:
    """Whether that browser is signed in."""
    return client.get("/own/").status_code == 200
