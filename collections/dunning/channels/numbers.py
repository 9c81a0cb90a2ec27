"""Telephone numbers as gateways abroad want them."""

from lending.personal import Personal


def e164(number: Personal, country: str) -> str:
    """+8619900000001 for 19900000001: a number that does not say its country is of that one."""
    raw = number.unmasked().strip()
    digits = "".join(character for character in raw if character.isascii() and character.isdigit())
    if raw.startswith("+"):
        return f"+{digits}"
    return f"+{digits.removeprefix('00')}" if digits.startswith("00") else f"+{country}{digits.removeprefix('0')}"
