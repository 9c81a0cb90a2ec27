"""Forms as a person would send them: what the page holds, and something sensible in every field that is left open."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from behind import TODAY

Attributes = dict[str, str | None]
Fields = dict[str, Any]
TEXTS = {
    "number": "1",
    "date": (TODAY + timedelta(days=1)).isoformat(),
    "datetime-local": f"{TODAY + timedelta(days=1)}T10:30",
    "time": "10:30",
    "tel": "19900003333",
    "email": "a@example.com",
    "password": "a-long-enough-word-7",
}


class Form(HTMLParser):
    """The fields of the forms of a page that are sent by POST to that address."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.fields: Fields = {}
        self.names: set[str] = set()
        self._is_inside = False
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = dict(attrs)
        if tag == "form":
            target = given.get("action") or given.get("hx-post") or self.address
            is_post = (given.get("method") or "").lower() == "post" or "hx-post" in given
            self._is_inside = is_post and target.partition("?")[0] == self.address
        elif self._is_inside and given.get("name") and "disabled" not in given:
            self._take(tag, str(given["name"]), given)
        elif self._is_inside and tag == "option" and self._select:
            value = given.get("value") or ""
            if value and (self._select not in self.fields or "selected" in given):
                self.fields[self._select] = value

    def _take(self, tag: str, name: str, given: Attributes) -> None:
        self.names.add(name)
        kind = given.get("type") or "text"
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, "As they said on the line.")
        elif tag == "input" and kind in {"radio", "checkbox"}:
            if "checked" in given or (name not in self.fields and "required" in given) or kind == "radio":
                self.fields.setdefault(name, given.get("value") or "on")
        elif tag == "input" and kind != "file":
            self.fields[name] = given.get("value") or ("" if kind == "hidden" else TEXTS.get(kind, "Words 1"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
