"""Translations without gettext's tools: catalogues are merged and compiled by `polib`, texts are found by reading the code.

Each part of the house keeps its Chinese in `locale/parts/<part>.zh.po`; together they become one `django.mo` below VAR_DIR,
so nothing compiled is kept in the repository and nothing is written into it.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "locale" / "parts"
LOCALE = "zh_Hans"
METADATA = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": LOCALE,
    "Plural-Forms": "nplurals=1; plural=0;",
}
CODE_FOLDERS = ("config", "lending", "risk", "collections", "templates")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
_CALL_IN_TEMPLATE = re.compile(r"\b(_|n?gettext|pgettext)\((?=\s*u?['\"])")
_LITERAL = re.compile(r"""\s*u?('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*,?""")


class Text(NamedTuple):
    """A text to translate, as a catalogue keys it, and where it stands."""

    msgid: str
    context: str
    where: str


def catalogue(parts: Iterable[Path] | None = None) -> polib.POFile:
    """All parts as one catalogue; the first part that has a text decides."""
    merged = polib.POFile()
    merged.metadata = METADATA
    seen = set()
    for path in sorted(PARTS.glob("*.zh.po") if parts is None else parts):
        for entry in polib.pofile(str(path)):
            key = (entry.msgid, entry.msgctxt or "")
            if not entry.obsolete and key not in seen:
                seen.add(key)
                merged.append(entry)
    return merged


def compile_translations(folder: Path) -> Path:
    """Write `<folder>/zh_Hans/LC_MESSAGES/django.mo` and give its path; readers see the old file or the new one."""
    target = folder / LOCALE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(f".{os.getpid()}")
    catalogue().save_as_mofile(str(staged))
    staged.replace(target)
    return target


def untranslated(root: Path = ROOT) -> list[Text]:
    """Every text of code and templates that has no Chinese, or whose Chinese lacks one of its placeholders."""
    known = {(entry.msgid, entry.msgctxt or "") for entry in catalogue() if is_translated(entry)}
    return sorted({text for text in texts(root) if (text.msgid, text.context) not in known})


def is_translated(entry: polib.POEntry) -> bool:
    """Whether every form is there and names the placeholders that the original names."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    return bool(forms) and not entry.fuzzy and all(form and _placeholders(form) == wanted for form in forms)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Every text marked for translation in the project's code and templates."""
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            where = str(path.relative_to(root))
            if path.suffix == ".py":
                yield from texts_of_code(path.read_text(), where)
            elif path.suffix in {".html", ".txt"}:
                yield from texts_of_template(path.read_text(), where)


def texts_of_code(source: str, where: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from _text_of_call(name, literals, f"{where}:{node.lineno}")


def texts_of_template(source: str, where: str) -> Iterator[Text]:
    code = templatize(source)
    for call in _CALL_IN_TEMPLATE.finditer(code):
        literals, position = [], call.end()
        while literal := _LITERAL.match(code, position):
            literals.append(str(ast.literal_eval(literal[1])))
            position = literal.end()
        yield from _text_of_call(call[1], literals, f"{where}:{code.count(chr(10), 0, call.start()) + 1}")


def _text_of_call(name: str, literals: list[str], where: str) -> Iterator[Text]:
    if name in CONTEXT and len(literals) >= 2:
        yield Text(literals[1], literals[0], where)
    elif name in SINGULAR | PLURAL and literals and literals[0]:
        yield Text(literals[0], "", where)
