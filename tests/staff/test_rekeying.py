"""What is encrypted at rest is written again under the newest key, a chunk at a time, and what is left is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from audit.models import Entry
from audit.presenters import in_words
from behind import NOW, make_person
from cases.attachments import folder
from lending.models import Borrower, ContactPoint
from reachable import make_borrower
from staff import rekeying
from staff.models import Factor
from staff.sealing import decrypt, encrypt, seal, unseal

pytestmark = pytest.mark.django_db
OLD, BOTH, NEW = "1:old-key-material", "2:new-key-material,1:old-key-material", "2:new-key-material"


@pytest.fixture
def sealed_before(settings: Any, tmp_path: Path) -> Borrower:
    settings.VAR_DIR = tmp_path
    settings.FIELD_KEYS = OLD
    borrower = make_borrower("B1")
    for n in range(2, 5):
        make_borrower(f"B{n}")
    Factor.objects.create(user=make_person("boss"), secret=encrypt("SECRET"), last_step=0, made_at=NOW)
    settings.FIELD_KEYS = BOTH
    return borrower


def test_everything_is_readable_under_the_new_key_alone(sealed_before: Borrower, settings: Any) -> None:
    told = rekeying.rotate(at=NOW, chunk=2)

    settings.FIELD_KEYS = NEW
    borrower = Borrower.objects.get(pk=sealed_before.pk)
    assert borrower.name.unmasked() == "王小明"
    assert borrower.contact_points.get().value.unmasked() == "13800138000"
    assert decrypt(Factor.objects.get().secret) == "SECRET"
    assert told["lending_borrower.name"]["written"] == 4
    assert rekeying.remaining() == {}


def test_a_second_run_writes_nothing(sealed_before: Borrower) -> None:
    rekeying.rotate(at=NOW)

    assert not any(count["written"] for count in rekeying.rotate(at=NOW).values())


def test_a_run_that_was_stopped_goes_on(sealed_before: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(step: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rekeying.rotate(at=NOW, chunk=1, progress=stop)
    before = sum(sum(keys.values()) for keys in rekeying.remaining().values())

    told = rekeying.rotate(at=NOW)

    assert 0 < sum(count["written"] for count in told.values()) == before
    assert rekeying.remaining() == {}


def test_what_cannot_be_read_stays_and_is_told(sealed_before: Borrower, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lending_borrower SET name = %s WHERE id = %s", ["0:bm9uZQ==", sealed_before.pk])

    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys", as_json=True)

    answer = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert answer["left"] == {"lending_borrower.name": {"0": 1}}
    assert answer["done"]["lending_borrower.name"] == {"unreadable": 1, "written": 3}


def test_a_value_that_somebody_changes_meanwhile_is_theirs(sealed_before: Borrower) -> None:
    column = next(each for each in rekeying.columns() if str(each) == "lending_borrower.name")
    read = next(iter(rekeying._chunks(column, 1)))
    Borrower.objects.filter(pk=read[0][0]).update(name="李四")

    assert rekeying._rewrite(column, *read[0]) == "changed meanwhile"
    assert Borrower.objects.get(pk=read[0][0]).name.unmasked() == "李四"


def test_files_are_written_again_whole(sealed_before: Borrower, settings: Any) -> None:
    settings.FIELD_KEYS = OLD
    path = folder() / "a"
    path.write_bytes(seal(b"a paper"))
    settings.FIELD_KEYS = BOTH
    assert rekeying.remaining()["files"] == {"1": 1}

    rekeying.rotate(at=NOW)

    settings.FIELD_KEYS = NEW
    assert unseal(path.read_bytes()) == b"a paper"
    assert [each.name for each in folder().iterdir()] == ["a"]


def test_the_command_says_when_older_keys_may_go(sealed_before: Borrower, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("rotate_keys", check=True)
    call_command("rotate_keys")
    call_command("rotate_keys", check=True)

    assert "older keys may go" in capsys.readouterr().out
    assert ContactPoint.objects.count() == 4
    assert "key 2" in in_words(Entry.objects.get(action="staff.keys_rotated"))


def test_every_sealed_field_is_named() -> None:
    """Fields of the sealing type name themselves; a second factor's secret is registered."""
    names = {str(column) for column in rekeying.columns()}

    assert {
        "lending_borrower.name",
        "lending_contactpoint.value",
        "lending_mandate.account",
        "staff_factor.secret",
    } <= names
