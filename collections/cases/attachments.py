"""Files on a case: photos and papers that a borrower sent, or that somebody scanned.

Their bytes lie outside the database, below VAR_DIR, encrypted, under a name that says nothing; the row keeps their digest, and
what no longer answers it is not handed out. A file is written before its row and takes its final name after the commit, so
that one whose row never came is swept away.

    attach(case, request.FILES["file"], by=request.user, at=request.now)
"""

import hashlib
import os
import re
import secrets
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from audit.record import record
from cases.file_kinds import ENDINGS, FileKind, FileRefusedError, kind_of
from cases.models import Attachment, Case
from staff.models import User
from staff.sealing import KeyMissingError, seal, unseal

BYTES_MAX = 10 * 1024 * 1024
NAME_MAX = 120
STAGED = ".part"
STAGED_FOR = timedelta(days=1)
_IN_NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control signs, separators of folders, and signs that turn the direction of writing round."""
_ENDING = re.compile(r"\.([0-9]?[A-Za-z][A-Za-z0-9]{0,5})$")


class Kept(NamedTuple):
    """A file that was looked at and lies on the disk, waiting for its row."""

    key: str
    name: str
    kind: FileKind
    size: int
    sha256: str


class LostError(Exception):
    """The bytes are gone, or are no longer those that were kept."""


def folder() -> Path:
    """Where the files lie; the web processes share it."""
    path = Path(settings.VAR_DIR) / "attachments"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kept_files() -> list[Path]:
    """Every file that lies there for good, by name."""
    return sorted(path for path in folder().iterdir() if path.is_file() and not path.suffix)


def attach(case: Case, file: "File[bytes] | Kept", *, by: User, at: datetime, note: str = "") -> Attachment:
    """Keep a file on a case; FileRefusedError. What `keep` took in before a form's transaction began may be given instead."""
    kept = file if isinstance(file, Kept) else keep(file, at=at)
    with transaction.atomic():
        row = Attachment.objects.create(case=case, by=by, at=at, note=note, **kept._asdict())
        facts = {"attachment": row.pk, "kind": kept.kind.value, "size": kept.size, "sha256": kept.sha256}
        record("cases.attached", by=by, at=at, subject=case, **facts)
        transaction.on_commit(partial(_settle, kept.key), robust=True)
    return row


def keep(file: "File[bytes]", *, at: datetime) -> Kept:
    """Look at a file and put it on the disk; FileRefusedError says in words why it is not kept."""
    content = file.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise FileRefusedError(too_large())
    kind = kind_of(content)
    name = _name_of(file.name or "", kind)
    key = secrets.token_hex(16)
    _sweep(at)
    path = folder() / f"{key}{STAGED}"
    with path.open("xb") as target:
        path.chmod(0o600)
        target.write(seal(content))
        target.flush()
        os.fsync(target.fileno())
    os.utime(path, (at.timestamp(), at.timestamp()))
    return Kept(key, name, kind, len(content), hashlib.sha256(content).hexdigest())


def too_large() -> str:
    return _("The file is larger than %(largest)s.") % {"largest": filesizeformat(BYTES_MAX)}


@transaction.atomic
def open_file(row: Attachment, *, by: User, at: datetime) -> bytes:
    """The bytes, for one person, told in the audit record; LostError."""
    try:
        content = unseal(_path_of(row.key).read_bytes())
    except (OSError, KeyMissingError):
        raise LostError from None
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise LostError
    record("cases.attachment_opened", by=by, at=at, subject=row.case, attachment=row.pk)
    return content


def _name_of(name: str, kind: FileKind) -> str:
    """The name to show; FileRefusedError where it has signs that no name needs, or says another kind than the bytes."""
    name = name.strip()
    if _IN_NO_NAME.search(name) or name.strip(".") == "":
        raise FileRefusedError(_("The name of the file cannot be used. Give it a plain name."))
    ending = _ENDING.search(name)
    if ending and ending[1].lower() not in ENDINGS[kind]:
        words = _("The name says .%(ending)s, but the file is a %(kind)s. Give it its right name.")
        raise FileRefusedError(words % {"ending": ending[1], "kind": kind.label})
    stem = name[: ending.start()] if ending else name
    return f"{stem[: NAME_MAX - 5]}.{kind.value}"


def _path_of(key: str) -> Path:
    """Where the bytes lie, also in the moment between the commit and their final name."""
    path = folder() / key
    return path if path.exists() else folder() / f"{key}{STAGED}"


def _settle(key: str) -> None:
    (folder() / f"{key}{STAGED}").replace(folder() / key)


def _sweep(at: datetime) -> None:
    """What has waited for a day gets its name where its row came after all, and goes where it never did."""
    for path in folder().glob(f"*{STAGED}"):
        if path.stat().st_mtime < (at - STAGED_FOR).timestamp():
            key = path.name.removesuffix(STAGED)
            if Attachment.objects.filter(key=key).exists():
                _settle(key)
            else:
                path.unlink(missing_ok=True)
