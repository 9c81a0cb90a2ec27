"""A form as a person sends it: what the page has drawn in it, and what is wanted and empty filled with something that makes sense."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from files import png

BY_TYPE = {"date": "2026-07-17", "datetime-local": "2026-07-16T10:00", "number": "1", "time": "10:00"}
BY_NAME: dict[str, str] = {
    "amount": "1.00", "account": "6222021234567890", "bank": "ICBC", "value": "13900001234", "username": "newcomer", "code": "new-one",
    "password": "a-long-enough-password", "new": "a-long-enough-password", "again": "a-long-enough-password", "share": "100",
}  # fmt: skip
WORDS = "They asked for it."


class _Forms(HTMLParser):
    """The forms of a page with their controls, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str | None], list[dict[str, Any]]]] = []
        self.is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given, []))
            self.is_inside = True
        elif self.is_inside and tag in {"input", "select", "textarea"} and given.get("name"):
            self.forms[-1][1].append({"tag": tag, "options": [], "text": "", **given})
        elif self.is_inside and tag == "option" and self.forms[-1][1]:
            self.forms[-1][1][-1]["options"].append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.is_inside and self.forms[-1][1] and self.forms[-1][1][-1]["tag"] == "textarea":
            self.forms[-1][1][-1]["text"] += data


def filled_form(page: str, address: str) -> dict[str, Any] | None:
    """What is sent from the form of that page which leads to that address; None where there is none."""
    parsed = _Forms()
    parsed.feed(page)
    path = urlsplit(address).path
    for given, controls in parsed.forms:
        leads_to = given.get("action") or given.get("hx-post") or path
        if (given.get("method") or "").lower() == "post" and urlsplit(leads_to).path == path:
            return _sent(controls)
    return None


def _sent(controls: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for control in controls:
        name, kind = control["name"], control.get("type") or control["tag"]
        if "disabled" in control:
            continue
        if kind in {"checkbox", "radio"}:
            if "checked" in control or (kind == "radio" and name not in found):
                _put(found, name, control.get("value") or "on", is_many=kind == "checkbox")
        elif control["tag"] == "select":
            found[name] = _chosen(control)
        else:
            found[name] = control.get("value") or control["text"].strip() or _typed(control, name, kind)
    return {name: value for name, value in found.items() if value is not None}


def _put(found: dict[str, Any], name: str, value: str, *, is_many: bool) -> None:
    """Of radio buttons the one that is checked, else the first; of boxes all that are checked."""
    found[name] = [*found.get(name, []), value] if is_many else value


def _chosen(control: Mapping[str, Any]) -> Any:
    """As a browser has it; where a choice is wanted and none is made, the first that there is."""
    values = [option.get("value") or "" for option in control["options"]]
    chosen = [option["value"] for option in control["options"] if "selected" in option and option.get("value")]
    if "multiple" in control:
        return chosen
    return next(iter(chosen), None) or (
        next(filter(None, values), "") if "required" in control else (values or [""])[0]
    )


def _typed(control: Mapping[str, Any], name: str, kind: str) -> Any:
    if "required" not in control:
        return "" if kind != "file" else None
    if kind == "file":
        return SimpleUploadedFile("paper.png", png())
    return BY_NAME.get(name) or BY_TYPE.get(kind) or WORDS
