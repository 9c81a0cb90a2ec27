"""A QR code as the path of an inline SVG."""

from typing import NamedTuple

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET_MODULES = 4


class Drawing(NamedTuple):
    size: int
    path: str


def drawing_of(text: str) -> Drawing:
    """The dark modules of the code as runs of squares one unit high, with the quiet zone that readers want around them."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    runs = []
    for y in range(size):
        start = None
        for x in range(size + 1):
            is_dark = x < size and code.isDark(y, x)
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                runs.append(f"M{start + QUIET_MODULES} {y + QUIET_MODULES}h{x - start}v1h-{x - start}z")
                start = None
    return Drawing(size + 2 * QUIET_MODULES, "".join(runs))
