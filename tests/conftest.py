"""What every test stands on: an environment of its own, set before Django reads its settings.

Only DATABASE_URL and BROKER_URL are taken from outside, so that the same tests run on other servers.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not _IS_WORKER:
    _FOREIGN = (
        "ENV",
        "DEBUG",
        "DEMO",
        "CLOCK",
        "CLOCK_STARTED_AT",
        "FAILPOINT",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "TIME_ZONE",
    )
    for _name in (
        *_FOREIGN,
        "PROVIDER_URL",
        "PROVIDER_KIND",
        "GATEWAYS",
        "GATEWAY_SECRETS",
        "TELEPHONY_URL",
        "PAYMENTS_URL",
        "PAYMENTS_PROVIDER",
        "PAYMENTS_KIND",
        "WEBHOOK_SECRETS",
        "FIELD_KEYS",
        "INDEX_KEY",
    ):
        os.environ.pop(_name, None)
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="console-tests-")
    os.environ["SECRET_KEY"] = "only-for-tests-" + "k" * 50
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs an event loop in the test's thread
VAR_DIR = Path(os.environ["VAR_DIR"])

import django  # noqa: E402

from config.translations import compile_translations  # noqa: E402

if not _IS_WORKER:
    compile_translations(VAR_DIR / "locale")
    (VAR_DIR / "static").mkdir()
django.setup()

from django.conf import settings  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as properties  # noqa: E402

import pristine  # noqa: E402
from browser import close_chromium  # noqa: E402
from cases import stages  # noqa: E402
from cases.steps import choosing  # noqa: E402
from migrated import prepare_copies  # noqa: E402
from staff import statements  # noqa: E402

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
DATABASE_MARKS = ("django_db", "processes", "browser")

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.WHITENOISE_USE_FINDERS = True

# Every run draws the same examples, so that what was green stays green; EXPLORE=1 draws others each time.
properties.register_profile("explore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
properties.register_profile("checks", properties.get_profile("explore"), derandomize=True)
properties.load_profile(os.environ.get("PROPERTIES", "checks"))


def pytest_unconfigure() -> None:
    close_chromium()
    if not _IS_WORKER:
        shutil.rmtree(VAR_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """A test database begins as a copy of one that has been migrated."""
    with django_db_blocker.unblock():
        prepare_copies()


@pytest.fixture(autouse=True)
def what_is_kept_for_a_person_goes_with_the_test() -> None:
    """Keys begin anew in each test, and a test may change who sees what, or publish a plan of stages."""
    statements.forget_people()
    stages.forget()
    choosing.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After a test that commits, the tables are put back as they are now."""
    with django_db_blocker.unblock():
        kept = pristine.take()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: pristine.put_back(kept))
        yield


def pytest_itemcollected(item: pytest.Item) -> None:
    """What stands on no database is marked, and is the same on every database."""
    names = set(getattr(item, "fixturenames", ()))
    if not names & DATABASE_FIXTURES and not any(item.get_closest_marker(each) for each in DATABASE_MARKS):
        item.add_marker("pure")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("processes")))
