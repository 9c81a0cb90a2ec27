"""The head of the chain, kept outside the database: a rewritten or shortened chain no longer meets it.

One file for each chain in VAR_DIR/audit, moved forward after each commit and never back. Put that folder on another
machine or a write-once disk where the database's own administrator cannot reach it.
"""

import fcntl
import json
from pathlib import Path
from typing import NamedTuple

from django.conf import settings


class Anchor(NamedTuple):
    number: int
    hash: str


def path_of(chain: str) -> Path:
    return Path(settings.VAR_DIR) / "audit" / f"{chain}.json"


def move(chain: str, number: int, digest: str) -> None:
    """Move the anchor to this head, unless another process has already moved it further."""
    path = path_of(chain)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = _parse(file.read())
        if kept is None or kept.number < number:
            file.seek(0)
            file.truncate()
            file.write(json.dumps({"number": number, "hash": digest}))
            file.flush()


def read(chain: str) -> Anchor | None:
    """The anchored head, or None where there is none or it cannot be read."""
    path = path_of(chain)
    return _parse(path.read_text()) if path.exists() else None


def _parse(text: str) -> Anchor | None:
    try:
        kept = json.loads(text)
        return Anchor(int(kept["number"]), str(kept["hash"]))
    except (ValueError, KeyError, TypeError):
        return None
