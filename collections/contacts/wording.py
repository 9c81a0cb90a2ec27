"""What a message may not say and must say: a pure function of its text and a rule."""

import re
from collections.abc import Iterable, Sequence

from contacts.rules import Rule

INSTITUTION = "{institution}"
"""Stands in a rule for any name of whoever the message speaks for."""


def fault(rule: Rule, text: str, institution: Sequence[str]) -> str | None:
    """The banned phrase that the text bears, or the part that it lacks (its first form); None when the rule is content."""
    said = _plain(text)
    for phrase in rule.details.banned:
        if _says(said, phrase):
            return phrase
    for group in rule.details.required:
        phrases = [name for phrase in group for name in (institution if phrase == INSTITUTION else [phrase])]
        if not any(name and _says(said, name) for name in phrases):
            return group[0]
    return None


def banned_in(rules: Iterable[Rule], text: str) -> list[str]:
    """Every banned phrase of these rules that the text bears, in their order, each once."""
    said = _plain(text)
    return list(dict.fromkeys(phrase for rule in rules for phrase in rule.details.banned if _says(said, phrase)))


def _says(said: str, phrase: str) -> bool:
    """Chinese is found anywhere, other words as whole words: "sue" is not in "issue"."""
    wanted = _plain(phrase)
    if not wanted.isascii():
        return wanted in said
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said, re.ASCII) is not None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
