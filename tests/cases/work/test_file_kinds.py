"""A file is what its bytes say; what was made to hurt is refused within bounded time and memory."""

import time
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.file_kinds import FileKind, FileRefusedError, kind_of
from files import MIB, evil_files, jpeg, pdf, png

EVIL = evil_files()
SECONDS_MAX = 5
MEMORY_MAX = 100 * MIB


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(png(), FileKind.PNG, id="png"),
        pytest.param(png(4000, 3000), FileKind.PNG, id="photo-as-png"),
        pytest.param(jpeg(), FileKind.JPEG, id="jpeg"),
        pytest.param(jpeg(300, 200, progressive=True), FileKind.JPEG, id="progressive-jpeg"),
        pytest.param(pdf(), FileKind.PDF, id="pdf"),
        pytest.param(pdf(packed=zlib.compress(b"3 0 <</Type/Page>>")), FileKind.PDF, id="packed-pdf"),
        pytest.param(pdf(tail=b"\r\n\r\n"), FileKind.PDF, id="pdf-with-lines-behind"),
    ],
)
def test_scans_and_photos_are_taken(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize("name", EVIL)
def test_an_evil_file_is_refused_within_bounds(name: str) -> None:
    tracemalloc.start()
    begun = time.process_time()
    try:
        with pytest.raises(FileRefusedError):
            kind_of(EVIL[name])
        spent, (_now, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert spent < SECONDS_MAX
    assert peak < MEMORY_MAX


@given(st.binary(max_size=400), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4"]))
def test_any_bytes_are_a_kind_or_refused_and_nothing_else(tail: bytes, magic: bytes) -> None:
    try:
        found = kind_of(magic + tail)
    except FileRefusedError:
        return
    assert found in FileKind


@given(st.integers(0, 10_000))
def test_a_picture_with_one_byte_cut_out_is_never_another_kind(place: int) -> None:
    whole = jpeg(40, 40)
    cut = whole[: place % len(whole)] + whole[place % len(whole) + 1 :]
    try:
        found = kind_of(cut)
    except FileRefusedError:
        return
    assert found == FileKind.JPEG
