"""How many parts a carrier makes of an SMS, and so charges for: 160 characters of the GSM alphabet or 70 of any other in one
part, 153 or 67 in each of several (3GPP TS 23.038 and 23.040). A pure function of the text.
"""

from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes the room of two, and is never cut in half."""


class Segments(NamedTuple):
    """In which alphabet an SMS travels, and in how many parts."""

    alphabet: str
    number: int


def segments_of(text: str) -> Segments:
    """An empty text is one part."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units = [2 if letter in _EXTENDED else 1 for letter in text]
        return Segments("GSM-7", _parts(units, 160, 153))
    return Segments("UCS-2", _parts([len(letter.encode("utf-16-be")) // 2 for letter in text], 70, 67))


def _parts(units: list[int], alone: int, each: int) -> int:
    """A character never spans two parts."""
    if sum(units) <= alone:
        return 1
    parts, room = 1, each
    for unit in units:
        if unit > room:
            parts, room = parts + 1, each
        room -= unit
    return parts
