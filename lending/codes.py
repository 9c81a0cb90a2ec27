"""Codes of pay links and debits: short enough to be read out, and not to be guessed."""

import secrets

from lending.personal import keyed_digest

LINK, DEBIT = "L", "D"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 or O, no 1, I or L, and no U."""
LENGTH = 12


def is_code(text: str) -> bool:
    """Whether it looks like one; most references do not, and need no look-up."""
    return len(text) == 1 + LENGTH and set(text[1:]) <= set(LETTERS)


def new_code(kind: str) -> str:
    return kind + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def code_of_key(kind: str, *parts: object) -> str:
    """The code that the same machine's same key for the same loan always gives."""
    digest = keyed_digest("order", "\n".join(map(str, parts)))
    return kind + "".join(
        LETTERS[ord(letter) * (place + 7) % len(LETTERS)] for place, letter in enumerate(digest[:LENGTH])
    )
