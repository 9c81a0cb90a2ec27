"""Personal data masked by type, encrypted at rest, found again through keyed digests.

The `str`, `repr` and `format` of each value are masked; the raw text is only had by `unmasked()`, which few places may
call (a layout test lists them). At rest they are sealed (`staff.sealing`).
"""

import base64
import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from staff.sealing import decrypt, encrypt


class Personal:
    """A piece of personal data; subclasses say how it is masked."""

    __slots__ = ("_raw",)

    def __init__(self, raw: str) -> None:
        self._raw = raw

    def unmasked(self) -> str:
        return self._raw

    def masked(self) -> str:
        return "•" * min(len(self._raw), 8)

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    def __format__(self, spec: str) -> str:
        return format(self.masked(), spec)

    def __bool__(self) -> bool:
        return bool(self._raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and type(self) is type(other) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._raw))

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._raw,)

    def normalised(self) -> str:
        """The form under which two spellings of the same value meet."""
        return " ".join(unicodedata.normalize("NFKC", self._raw).casefold().split())

    def digest(self) -> str:
        """The keyed digest by which the whole value is found."""
        return keyed_digest(type(self).__name__, self.normalised())


class PersonName(Personal):
    """王小明 is 王••; Mary Ann Smith is M••• A•• S••••."""

    __slots__ = ()

    def masked(self) -> str:
        if self._raw and not self._raw.isascii() and " " not in self._raw:
            return self._raw[0] + "•" * (len(self._raw) - 1)
        return " ".join(part[0] + "•" * (len(part) - 1) for part in self._raw.split())

    def part_digests(self) -> set[str]:
        """Digests of the whole name and of each of its parts; a Chinese name's parts are its surname and given name."""
        whole = self.normalised()
        parts = {whole, *whole.split()}
        if whole and not whole.isascii() and " " not in whole and len(whole) > 1:
            parts |= {whole[:1], whole[1:]}
        return {keyed_digest("PersonName", part) for part in parts if part}


class PhoneNumber(Personal):
    """13812345678 is 138••••5678."""

    __slots__ = ()

    def masked(self) -> str:
        raw = self._raw
        return raw[: min(3, len(raw) - 4)] + "••••" + raw[-4:] if len(raw) >= 8 else "••••"

    def normalised(self) -> str:
        """Digits only; the country's own prefix is what the book stores, so +86 138… and 138… meet."""
        digits = "".join(character for character in unicodedata.normalize("NFKC", self._raw) if character.isdigit())
        digits = digits.removeprefix("00")
        return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


class EmailAddress(Personal):
    """ming@example.org is m•••@example.org."""

    __slots__ = ()

    def masked(self) -> str:
        name, _, host = self._raw.partition("@")
        return f"{name[:1]}•••@{host}"


class PostalAddress(Personal):
    """Only the beginning stays, at most six characters of it: the town, not the door."""

    __slots__ = ()

    def masked(self) -> str:
        return self._raw[: min(6, len(self._raw) // 3)] + "••••"


class IdentityNumber(Personal):
    """Only the last four stay."""

    __slots__ = ()

    def masked(self) -> str:
        return "•" * max(len(self._raw) - 4, 0) + self._raw[-4:]


class AccountNumber(Personal):
    """A bank account or card: the last four stay, and how many stood before them is not told."""

    __slots__ = ()

    def masked(self) -> str:
        return f"•••• {self._raw[-4:]}" if len(self._raw) >= 8 else "••••"

    def normalised(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self._raw).upper().split())


def keyed_digest(kind: str, text: str) -> str:
    """HMAC-SHA256 under the index key, in base64, 43 characters."""
    mac = hmac.new(settings.INDEX_KEY.encode(), f"{kind}:{text}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class PersonalField(_TextField):
    """Stores a `Personal` value encrypted; cannot be searched or sorted, only found through its digest."""

    is_sealed = True
    """Its values are encrypted at rest: `rotate_keys` writes them under the newest key."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def __init__(self, kind: type[Personal], **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, [self.kind, *args], options

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Personal | None:
        return None if value is None else self.kind(decrypt(value))

    def to_python(self, value: Any) -> Personal | None:
        return value if value is None or isinstance(value, Personal) else self.kind(str(value))

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return encrypt(value.unmasked() if isinstance(value, Personal) else str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError("personal data is found through its digest, never by its text")
        return super().get_lookup(lookup_name)
