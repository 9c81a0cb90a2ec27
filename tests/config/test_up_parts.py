import os
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.db.models import QuerySet
from pytest_django.fixtures import Settings

from config import programs
from config.management.commands import up
from config.management.commands.up import announcement, environment_of_children
from staff.demo import SIGN_INS


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC_URL", "BROKER_URL", "CLOCK_STARTED_AT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:81"), ("0.0.0.0", "http://127.0.0.1:81"), ("::1", "http://[::1]:81")],
)
def test_the_console_knows_its_own_address(tmp_path: Path, host: str, address: str) -> None:
    assert environment_of_children(tmp_path, host=host, port=81)["PUBLIC_URL"] == address


def test_what_is_given_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere:6379/0")
    monkeypatch.setenv("PUBLIC_URL", "https://console.example")

    told = environment_of_children(tmp_path, host="127.0.0.1", port=81)

    assert (told["BROKER_URL"], told["PUBLIC_URL"]) == ("redis://elsewhere:6379/0", "https://console.example")


def test_an_empty_variable_counts_as_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "")

    assert environment_of_children(tmp_path, host="127.0.0.1", port=81)["BROKER_URL"].startswith("redis+socket:///")


def test_all_processes_share_the_start_of_the_clock(tmp_path: Path, settings: Settings) -> None:
    settings.CLOCK = "2016-12-08T10:00+08:00"
    settings.CLOCK_STARTED_AT = 0.0

    told = environment_of_children(tmp_path, host="127.0.0.1", port=81)

    assert float(told["CLOCK_STARTED_AT"]) == settings.CLOCK_STARTED_AT > 0


def test_the_brokers_socket_stays_below_the_folder_when_its_path_is_short() -> None:
    assert programs.broker_socket(Path("/srv/console")) == Path("/srv/console/valkey/socket")


def test_the_brokers_socket_fits_whatever_the_folder() -> None:
    deep = Path("/srv") / ("deep" * 40)

    socket = programs.broker_socket(deep)

    assert len(os.fsencode(socket)) <= programs.SOCKET_PATH_BYTES_MAX
    assert socket == programs.broker_socket(deep)
    assert socket != programs.broker_socket(deep / "other")


def test_sign_ins_are_told_only_where_there_are_any() -> None:
    assert "Demo sign-ins" not in announcement("http://x", [])
    assert "demo-auditor" in announcement("http://x", SIGN_INS)


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> list[dict[str, int]]:
    settings.VAR_DIR = tmp_path
    calls: list[dict[str, int]] = []
    monkeypatch.setattr(up, "call_command", lambda _, **options: calls.append(options))
    return calls


@pytest.mark.django_db
def test_an_empty_book_is_filled(seeded: list[dict[str, int]], tmp_path: Path) -> None:
    up.Command().fill_empty_book()

    assert seeded == [{"loans": up.DEMO_LOANS, "seed": up.DEMO_SEED}]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_book_with_loans_is_left_alone(seeded: list[dict[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "exists", lambda _: True)

    up.Command().fill_empty_book()

    assert seeded == []


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
def test_half_a_portfolio_is_not_taken_for_a_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.begun").touch()
    monkeypatch.setattr(QuerySet, "exists", lambda _: True)

    with pytest.raises(CommandError, match="interrupted half-way"):
        up.Command().fill_empty_book()
