"""Papers that borrowers send in the demo: documents of one page, written here byte by byte."""

from io import BytesIO

from django.core.files.base import File


def paper(name: str, lines: list[str]) -> "File[bytes]":
    """A plain PDF that says these lines (ISO 32000-1, annex H.3)."""
    told = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 14 Tf 22 TL 72 760 Td {told} ET".encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    body += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + b"trailer\n<</Size %d/Root 1 0 R>>\n" % size
    body += b"startxref\n%d\n%%%%EOF\n" % body.index(b"xref\n0")
    return File(BytesIO(body), name=name)
