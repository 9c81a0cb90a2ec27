"""Database settings for both engines from one DATABASE_URL."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("sqlite", "postgres", "postgresql")
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY; "
    # REPLACE deletes what stands in its way, and only so do the guards of append-only tables hear of it
    "PRAGMA recursive_triggers=ON;"
)
PREPARED_FROM = 3
"""So often a connection sends a statement of `staff.statements` as it is; from then on it is prepared (decision 59)."""


def database_settings(url: str) -> dict[str, Any]:
    """Settings for `sqlite:////abs/path` or `postgres://…`; every time limit against a hung database is here."""
    if url.partition("://")[0] not in SCHEMES:
        raise ImproperlyConfigured("DATABASE_URL is sqlite:////abs/path or postgres://user:password@host/name")
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        path = Path(settings["NAME"])
        path.parent.mkdir(parents=True, exist_ok=True)
        settings["OPTIONS"] = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS}
        settings["TEST"] = {"NAME": str(path.parent / "test.sqlite3")}
        settings["CONN_MAX_AGE"] = None
    else:
        options = settings.setdefault("OPTIONS", {})
        options.setdefault("connect_timeout", 3)
        options.setdefault("prepare_threshold", PREPARED_FROM)
        options["options"] = (
            "-c lock_timeout=10s -c statement_timeout=120s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
        )
        settings["CONN_MAX_AGE"] = 600
        settings["CONN_HEALTH_CHECKS"] = True
    return settings
