"""The first administrator of a console that has no demonstration: everybody else is added by them, in the browser."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.clock import now
from audit.record import record
from staff.models import Role, User


class Command(BaseCommand):
    help = "Add an administrator; the password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **_: Any) -> None:
        password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        person = User(username=username, role=Role.ADMINISTRATOR)
        person.set_password(password)
        try:
            validate_password(password, person)
            person.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        with transaction.atomic():
            person.save()
            record("staff.person_added", by=None, at=now(), subject=person, username=username, role=person.role)
        self.stdout.write(f"{username} can sign in now.")
