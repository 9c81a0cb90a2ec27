"""How a carrier's fields are called: what it is sent, what its answers, its receipts and its word on request mean.

    {"body": {"mobile": "{to}", "content": "{text}", "out_id": "{message_id}", "sign": "{signature}"}, "format": "json",
     "answer":  {"status": "code", "accepted": ["0"], "later": ["BUSY"], "id": "data.id"},
     "receipt": {"event_id": "id", "message_id": "out_id", "status": "state", "reason": "err", "text": "content",
                 "delivered": ["DELIVRD"], "failed": ["UNDELIV"], "replied": ["MO"], "gone": ["1"]},
     "ask":     {"url": "https://…/status?id={message_id}", "status": "state",
                 "sent": ["0"], "delivered": ["DELIVRD"], "failed": ["UNDELIV"], "never": ["NONE"]}}

A path such as `data.id` goes into objects, `messages.0.id` into lists. A value is compared as the text that JSON writes for it.
"""

import json
from collections.abc import Mapping
from string import Formatter
from typing import Any, NamedTuple

WORDS = frozenset({"to", "to_e164", "text", "message_id", "channel", "sender", "signature"})
"""What a body may name."""
RECEIPT_KINDS = ("delivered", "failed", "read", "replied")
ASKED_STATES = ("sent", "delivered", "failed", "never")


class MappingError(ValueError):
    """Says what of a mapping makes no sense."""


class Answers(NamedTuple):
    """Where an answer says what became of the message, and which of its words mean what; any other word is a refusal."""

    status: str
    accepted: frozenset[str]
    later: frozenset[str]
    id: str


class Receipts(NamedTuple):
    """Where a receipt says of which message it speaks, and which of its words mean what."""

    event_id: str
    message_id: str
    status: str
    reason: str
    text: str
    kinds: Mapping[str, str]
    gone: frozenset[str]


class Asking(NamedTuple):
    """Where the carrier can be asked what became of a message, and which of its words mean what."""

    url: str
    status: str
    states: Mapping[str, str]


class Mapped(NamedTuple):
    """The whole of it."""

    body: Mapping[str, Any]
    is_form: bool
    answers: Answers
    receipts: Receipts | None
    asking: Asking | None


def mapped(given: Any) -> Mapped:
    """Read a mapping; MappingError says what is wrong with it."""
    row = _object(given, "it")
    body = _object(row.get("body"), "body")
    _check_words(body)
    if (form := row.get("format", "json")) not in {"json", "form"}:
        raise MappingError("format is json or form")
    if form == "form" and not all(isinstance(value, str) for value in body.values()):
        raise MappingError("a form has texts only")
    return Mapped(
        body,
        form == "form",
        _answers(_object(row.get("answer"), "answer")),
        _receipts(_object(row["receipt"], "receipt")) if "receipt" in row else None,
        _asking(_object(row["ask"], "ask")) if "ask" in row else None,
    )


def filled(body: Any, words: Mapping[str, str]) -> Any:
    """The body with its words put in."""
    if isinstance(body, str):
        return body.format_map(words)
    if isinstance(body, Mapping):
        return {key: filled(value, words) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, words) for value in body]
    return body


def at_path(content: Any, path: str) -> str | None:
    """What stands there, as text; None where nothing does."""
    for step in filter(None, path.split(".")):
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isdecimal() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    if not path or content is None or isinstance(content, Mapping | list):
        return None
    return content if isinstance(content, str) else json.dumps(content)


def _answers(row: dict[str, Any]) -> Answers:
    return Answers(
        _text(row, "status"), _words(row, "accepted", is_wanted=True), _words(row, "later"), _text(row, "id", "")
    )


def _receipts(row: dict[str, Any]) -> Receipts:
    return Receipts(
        event_id=_text(row, "event_id"),
        message_id=_text(row, "message_id"),
        status=_text(row, "status"),
        reason=_text(row, "reason", ""),
        text=_text(row, "text", ""),
        kinds=_meanings(row, RECEIPT_KINDS),
        gone=_words(row, "gone"),
    )


def _asking(row: dict[str, Any]) -> Asking:
    url = _text(row, "url")
    if "{message_id}" not in url:
        raise MappingError("url of ask names {message_id}")
    _check_words(url)
    return Asking(url, _text(row, "status"), _meanings(row, ASKED_STATES))


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise MappingError(f"{name} is an object")
    return value


def _text(row: dict[str, Any], key: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise MappingError(f"{key} is a text")
    return value


def _words(row: dict[str, Any], key: str, *, is_wanted: bool = False) -> frozenset[str]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value) or (is_wanted and not value):
        raise MappingError(f"{key} is a list of texts")
    return frozenset(value)


def _meanings(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for word in _words(row, name):
            if word in found:
                raise MappingError(f"{word} means both {found[word]} and {name}")
            found[word] = name
    return found


def _check_words(body: Any) -> None:
    """Every word in braces is one that there is, and stands alone."""
    if isinstance(body, Mapping | list):
        for value in body.values() if isinstance(body, Mapping) else body:
            _check_words(value)
    elif isinstance(body, str):
        try:
            parts = list(Formatter().parse(body))
        except ValueError as error:
            raise MappingError(f"'{body}': {error}") from None
        for _literal, name, form, conversion in parts:
            if name is not None and (name not in WORDS or form or conversion):
                raise MappingError(f"there is no word {{{name}}}; there are: {', '.join(sorted(WORDS))}")
