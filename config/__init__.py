"""The roof of the house: settings, urls, and what spans all floors.

Every entry point (manage.py, Celery, gunicorn, pytest-django, mypy) imports this package first, so the one line below
puts the apps of `collections/` on the path. That folder has no `__init__.py`, and the path is appended, never inserted:
Python's own `collections` must win.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "collections"))
