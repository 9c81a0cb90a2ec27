"""What a file is, said by its bytes and never by its name: a PDF, a JPEG or a PNG that holds nothing else, or why not.

Each kind is walked from its first byte to its last, so that nothing can hide behind it, and nothing of it is ever run, drawn
or unpacked beyond a bound. Refused: every other kind (archives, office files, SVG, programs), two kinds in one file, pictures
of more than `PIXELS_MAX`, documents that run something, carry files or are locked. The bounds are house rules.
"""

import io
import re
import zipfile
import zlib

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PIXELS_MAX = 64_000_000
INFLATED_BYTES_MAX = 16 * 1024 * 1024
"""How much the packed objects of one document may unfold to."""
PARTS_MAX = 20_000
"""How many chunks or segments a picture may have; a photo has a few thousand."""


class FileKind(models.TextChoices):
    PDF = "pdf", gettext_lazy("PDF")
    JPEG = "jpg", gettext_lazy("JPEG")
    PNG = "png", gettext_lazy("PNG")


ENDINGS = {FileKind.PDF: {"pdf"}, FileKind.JPEG: {"jpg", "jpeg", "jpe", "jfif"}, FileKind.PNG: {"png"}}
CONTENT_TYPES = {FileKind.PDF: "application/pdf", FileKind.JPEG: "image/jpeg", FileKind.PNG: "image/png"}
MAGIC = {b"%PDF-": FileKind.PDF, b"\xff\xd8\xff": FileKind.JPEG, b"\x89PNG\r\n\x1a\n": FileKind.PNG}

_MARKUP = re.compile(rb"<(?:script|html|!doctype html|\?php|iframe|object|embed|!entity)", re.IGNORECASE)
_ARCHIVES = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def _name(text: str) -> str:
    """A name of a document however it is spelled: `/J#53` is `/JS` (ISO 32000-1, 7.3.5)."""
    return "/" + "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in text)


_ACTING = ("JavaScript", "Launch", "EmbeddedFile", "RichMedia", "Encrypt")
_ACTS = re.compile("|".join([*map(_name, _ACTING), _name("XFA") + r"[\s\[0-9]"]).encode())
_PACKED = re.compile(_name("ObjStm").encode())
_UNEVEN = re.compile(f"{_name('DecodeParms')}|{_name('DP')}[\\s<\\[]".encode())


class FileRefusedError(ValueError):
    """A file that is not kept, and why, in words for whoever sent it."""


def kind_of(content: bytes) -> FileKind:
    """The kind of these bytes; FileRefusedError."""
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)
    if kind is None:
        raise FileRefusedError(_("Only PDF, JPEG and PNG files are kept, and this is none of them."))
    if _MARKUP.search(content) or _ARCHIVES.search(content) or zipfile.is_zipfile(io.BytesIO(content)):
        raise _two_in_one()
    {FileKind.PDF: _check_pdf, FileKind.JPEG: _check_jpeg, FileKind.PNG: _check_png}[kind](content)
    return kind


def _broken() -> FileRefusedError:
    return FileRefusedError(_("The file is damaged or cut off. Send it again."))


def _two_in_one() -> FileRefusedError:
    return FileRefusedError(_("The file holds something else beside the document. Send a plain scan or a screenshot."))


def _check_size(width: int, height: int) -> None:
    if not (width and height):
        raise _broken()
    if width * height > PIXELS_MAX:
        raise FileRefusedError(_("The picture has too many pixels. Send a smaller one."))


def _check_png(content: bytes) -> None:
    """Chunk after chunk, each with its checksum, to the end mark and not a byte further (RFC 2083)."""
    place, first, view = 8, True, memoryview(content)
    for _part in range(PARTS_MAX):
        length, name = int.from_bytes(view[place : place + 4]), bytes(view[place + 4 : place + 8])
        body = view[place + 8 : place + 8 + length]
        end = place + 12 + length
        if end > len(content) or first != (name == b"IHDR"):
            raise _broken()
        if zlib.crc32(body, zlib.crc32(name)) != int.from_bytes(view[end - 4 : end]):
            raise _broken()
        if first:
            _check_size(int.from_bytes(body[:4]), int.from_bytes(body[4:8]))
        if name == b"IEND":
            break
        place, first = end, False
    else:
        raise _broken()
    if end != len(content):
        raise _two_in_one()


def _check_jpeg(content: bytes) -> None:
    """Segment after segment to the end mark and not a byte further (ITU-T T.81, annex B)."""
    place, sized = 2, False
    for _part in range(PARTS_MAX):
        if content[place : place + 2] == b"\xff\xff":  # a filling byte
            place += 1
            continue
        if len(content) < place + 2 or content[place] != 0xFF:
            raise _broken()
        marker, place = content[place + 1], place + 2
        if marker == 0xD9:
            break
        length = int.from_bytes(content[place : place + 2])
        if length < 2 or place + length > len(content):
            raise _broken()
        if marker in _SIZES:
            _check_size(int.from_bytes(content[place + 5 : place + 7]), int.from_bytes(content[place + 3 : place + 5]))
            sized = True
        place += length
        if marker == 0xDA:
            after = _AFTER_SCAN.search(content, place)
            if after is None:
                raise _broken()
            place = after.start()
    else:
        raise _broken()
    if not sized:
        raise _broken()
    if place != len(content):
        raise _two_in_one()


def _check_pdf(content: bytes) -> None:
    """From the head to the last end mark; no name in it, in its packed objects neither, may run, carry or lock anything."""
    _body, end, rest = content.rpartition(b"%%EOF")
    if not end:
        raise _broken()
    if rest.strip(b"\r\n\t \0"):
        raise _two_in_one()
    if _ACTS.search(content):
        raise _acting()
    left = INFLATED_BYTES_MAX
    for packed in _PACKED.finditer(content):
        start = content.find(b"stream", packed.end())
        end_at = content.find(b"endstream", start + 6)
        if start < 0 or end_at < 0 or _UNEVEN.search(content, content.rfind(b"obj", 0, packed.start()), start):
            raise _acting()
        unpacked = _inflate(content[start + 6 : end_at], left)
        left -= len(unpacked)
        if _ACTS.search(unpacked):
            raise _acting()


def _acting() -> FileRefusedError:
    return FileRefusedError(
        _("The document is locked, carries other files or runs something. Print it to a plain PDF and send that.")
    )


def _inflate(packed: bytes, bytes_max: int) -> bytes:
    """The packed objects; FileRefusedError where they are packed in another way or unfold to too much."""
    unpack = zlib.decompressobj()
    try:
        found = unpack.decompress(packed.lstrip(b"\r\n"), max(bytes_max, 1))
    except zlib.error:
        raise _acting() from None
    if not unpack.eof:
        raise FileRefusedError(_("The document unfolds to far more than it shows. Send a plain scan."))
    if unpack.unused_data.strip(b"\r\n"):
        raise _acting()
    return found
