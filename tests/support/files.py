"""Files as borrowers send them, and files that were made to hurt."""

import io
import zipfile
import zlib

from PIL import Image

PDF_HEAD = b"%PDF-1.7\n"


def png(width: int = 4, height: int = 3) -> bytes:
    return _picture("PNG", width, height)


def jpeg(width: int = 4, height: int = 3, *, progressive: bool = False) -> bytes:
    return _picture("JPEG", width, height, progressive=progressive)


def _picture(kind: str, width: int, height: int, **options: object) -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(found, kind, **options)
    return found.getvalue()


def pdf(objects: bytes = b"", *, packed: bytes | None = None, tail: bytes = b"\n") -> bytes:
    """A document of one page with these objects, some of them packed if wanted."""
    body = (
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n" + objects
    )
    if packed is not None:
        body += (
            b"\n9 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n" + packed + b"\nendstream\nendobj\n"
        )
    return PDF_HEAD + body + b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF" + tail


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def large_png(width: int, height: int) -> bytes:
    """A picture that says so many pixels of itself in a few bytes."""
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def large_jpeg(width: int, height: int) -> bytes:
    plain = jpeg()
    place = plain.index(b"\xff\xc0")
    return plain[: place + 5] + height.to_bytes(2) + width.to_bytes(2) + plain[place + 9 :]


def archive(name: str = "a.txt", content: bytes = b"a", *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", how) as pack:
        pack.writestr(name, content)
    return found.getvalue()


def office(*, macro: bool) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        pack.writestr("word/document.xml", "<w:document/>")
        if macro:
            pack.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return found.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'
MIB = 1024 * 1024


def evil_files() -> dict[str, bytes]:
    """What must never be kept, each under what is wrong with it."""
    bomb = zlib.compress(b"\0" * (64 * MIB), 9)
    scripted = b"3 0 obj\n<</S/JavaScript/JS(app.alert\\(1\\))>>\nendobj\n"
    hidden = zlib.compress(b"3 0 <</S/JavaScript/JS 4 0 R>>")
    return {
        "nothing": b"",
        "text": b"hello",
        "a page": b"<!doctype html><script>alert(1)</script>",
        "SVG": SVG,
        "XML that unfolds": LAUGHS,
        "a program for Windows": b"MZ" + b"\0" * 200,
        "a program for Linux": b"\x7fELF" + b"\0" * 200,
        "a shell script": b"#!/bin/sh\nrm -rf /\n",
        "a shortcut": b"[InternetShortcut]\nURL=file:///etc/passwd\n",
        "an archive": archive(),
        "an archive that unfolds": archive(content=b"\0" * (20 * MIB)),
        "an archive that climbs": archive("../../etc/passwd"),
        "office": office(macro=False),
        "office with a macro": office(macro=True),
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        "RTF": b"{\\rtf1 {\\object\\objdata 0105}}",
        "gzip": b"\x1f\x8b\x08\0" + b"\0" * 20,
        "GIF with a script": b"GIF89a/*\x01\0\x01\0\0\0\0;*/=1;alert(1)",
        "TIFF": b"II*\0" + b"\0" * 50,
        "ten thousand by ten thousand": large_png(10_000, 10_000),
        "ten thousand by ten thousand as JPEG": large_jpeg(10_000, 10_000),
        "two thousand million wide": large_png(2**31 - 1, 1),
        "no pixels": large_png(0, 5),
        "a picture cut off": png()[:-6],
        "a picture whose sum is wrong": png()[:40] + b"\0" + png()[41:],
        "a JPEG cut off": jpeg(64, 64)[:-2],
        "a JPEG of heads only": b"\xff\xd8\xff\xd9",
        "a picture with an archive behind": png() + archive(),
        "a JPEG with an archive behind": jpeg() + archive(),
        "a picture with a page behind": png() + b"<html><script>alert(1)</script>",
        "a picture with a page inside": png()[:-12] + chunk(b"tEXt", b"Comment\0<script>alert(1)</script>") + chunk(b"IEND", b""),
        "a JPEG with code inside": jpeg()[:2] + b"\xff\xfe\x00\x14<?php system($a);" + jpeg()[2:],
        "a picture with RAR inside": png()[:-12] + chunk(b"zzZz", b"Rar!\x1a\x07\x00") + chunk(b"IEND", b""),
        "a document with an archive behind": pdf() + archive(),
        "a document with a program behind": pdf(tail=b"\nMZ\x90\0"),
        "a document with a script": pdf(scripted),
        "a document with a script spelled otherwise": pdf(scripted.replace(b"JavaScript", b"J#61vaScr#69pt")),
        "a document with a packed script": pdf(packed=hidden),
        "a document packed in another way": pdf(packed=b"78da"),
        "a document that unfolds": pdf(packed=bomb),
        "a document that starts a program": pdf(b"3 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj\n"),
        "a document that carries a file": pdf(b"3 0 obj\n<</Type/EmbeddedFile>>\nendobj\n"),
        "a document under lock": pdf(b"3 0 obj\n<</Encrypt 4 0 R>>\nendobj\n"),
        "a document without an end": PDF_HEAD + b"1 0 obj",
        "a document that comes later": b"\n\n" + pdf(),
        "streams without end": PDF_HEAD + b"/ObjStm stream\n" * (9 * MIB // 15) + b"%%EOF",
        "objects without end": PDF_HEAD + b"/ObjStm " * MIB + b"%%EOF",
        "packed objects in one another": PDF_HEAD + (b"/ObjStm stream\n" + zlib.compress(b"1 0 2")) * 300_000 + b"endstream%%EOF",
        "chunks without end": png()[:-12] + chunk(b"zzZz", b"") * 100_000,
        "filling without end": b"\xff\xd8" + b"\xff" * (9 * MIB),
        "segments without end": b"\xff\xd8\xff" + b"\xff\xe0\x00\x02" * (2 * MIB),
    }  # fmt: skip
