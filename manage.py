#!/usr/bin/env python3
"""Django's command line; `manage.py up` runs the whole console."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        from config.health import is_behind

        if not is_behind():
            raise
        sys.exit("The database is behind the code: run `manage.py migrate` first.")


if __name__ == "__main__":
    main()
