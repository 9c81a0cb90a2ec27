"""Production starts with everything given, and with nothing that a demonstration may have."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import database_settings
from config.production import WANTED, is_weak, production_fault

ROOT = Path(__file__).resolve().parents[2]
PROPER = {
    "ENV": "production",
    "SECRET_KEY": "q7Zt-0Wc_9uLx4Rk2Vn8Hs5Jd1Gf6Bm3Pa7Ty0Qe4Uo8Ii2Kl6Xz",
    "FIELD_KEYS": "1:hM2c9Rt5Lk8Wq0Zx3Vb6Nn1Jf4Gd7Sa",
    "INDEX_KEY": "t8Yw2Pq6Ui0Oe4Rk7Lz1Xc5Vb9Nm3Hj",
    "DATABASE_URL": "postgres://console:x@db.example.com/console",
    "BROKER_URL": "redis://broker.example.com/0",
    "ALLOWED_HOSTS": "console.example.com",
    "PUBLIC_URL": "https://console.example.com",
    "PROVIDER_URL": "https://gateway.example.com/send",
    "VAR_DIR": "/var/lib/console",
}


def test_a_proper_environment_is_taken() -> None:
    assert production_fault(PROPER) == ""


@pytest.mark.parametrize("name", WANTED)
def test_each_value_that_is_missing_is_named(name: str) -> None:
    without = {key: value for key, value in PROPER.items() if key != name}

    assert production_fault(without).startswith(name)
    assert production_fault({**PROPER, name: " "}).startswith(name)


def test_gateways_of_channels_may_stand_in_the_place_of_one_for_all() -> None:
    without = {key: value for key, value in PROPER.items() if key != "PROVIDER_URL"}

    assert production_fault({**without, "GATEWAYS": "/etc/console/gateways.json"}) == ""
    assert production_fault({**without, "GATEWAYS": " "}).startswith("PROVIDER_URL")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOCK", "2016-12-08T10:00+08:00"),
        ("FAILPOINT", "nightly.step.done:1"),
        ("DEBUG", "1"),
        ("DEBUG", "True"),
        ("DEMO", "yes"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "console.example.com,*"),
        ("ALLOWED_HOSTS", "*.example.com"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("FIELD_KEYS", "1:short"),
        ("FIELD_KEYS", "2:hM2c9Rt5Lk8Wq0Zx3Vb6Nn1Jf4Gd7Sa,1:" + "a" * 40),
        ("INDEX_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("PUBLIC_URL", "http://console.example.com"),
        ("SECRET_KEY", "django-insecure-" + "q7Zt-0Wc_9uLx4Rk2Vn8Hs5Jd1Gf6Bm3Pa7Ty0Qe4Uo8Ii2Kl6Xz"),
    ],
)
def test_what_only_a_demonstration_may_have_is_refused(name: str, value: str) -> None:
    assert production_fault({**PROPER, name: value}).startswith(name)


def test_what_is_off_is_not_refused() -> None:
    assert production_fault({**PROPER, "DEBUG": "0", "DEMO": "false", "CLOCK": ""}) == ""


def test_a_key_of_random_characters_is_not_weak() -> None:
    assert not is_weak(PROPER["SECRET_KEY"])


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "/abs/path"])
def test_a_database_that_the_console_does_not_serve_is_refused_plainly(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_settings(url)


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=path | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_finds_nothing_in_production(tmp_path: Path) -> None:
    own = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}

    done = manage("check", "--deploy", "--fail-level", "WARNING", **{**PROPER, **own})

    assert (done.returncode, done.stderr) == (0, "")
    assert "0 silenced" in done.stdout


BAD = [
    ("DEBUG", "1"),
    ("DEMO", "1"),
    ("CLOCK", "2016-12-08T10:00+08:00"),
    ("FAILPOINT", "nightly.step.done:1"),
    ("ALLOWED_HOSTS", "*"),
    ("SECRET_KEY", "short"),
    ("INDEX_KEY", PROPER["SECRET_KEY"]),
    ("PUBLIC_URL", "http://console.example.com"),
    ("BROKER_URL", ""),
    ("TRUSTED_PROXIES", "anybody"),
    ("ENV", "staging"),
]


def test_production_does_not_start_in_a_faulty_environment(tmp_path: Path) -> None:
    """Eleven, each in a process of its own: any command, so the console too."""

    def run(fault: tuple[str, str]) -> "subprocess.CompletedProcess[str]":
        return manage("check", **{**PROPER, "VAR_DIR": str(tmp_path), fault[0]: fault[1]})

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(BAD, pool.map(run, BAD), strict=True))

    started = [fault for fault, done in answers.items() if not done.returncode]
    unnamed = [fault for fault, done in answers.items() if fault[0] not in done.stderr]
    assert (started, unnamed) == ([], [])
