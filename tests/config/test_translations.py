from pathlib import Path

import polib
import pytest

from config.translations import Text, catalogue, compile_translations, is_translated, texts_of_code, texts_of_template


def entry(msgid: str, msgstr: str) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr)


def test_texts_are_found_in_code() -> None:
    source = '_("one")\nngettext("a loan", "%(n)s loans", n)\npgettext("menu", "open")\nother("no")\n_(variable)'

    assert list(texts_of_code(source, "m.py")) == [
        Text("one", "", "m.py:1"),
        Text("a loan", "", "m.py:2"),
        Text("open", "menu", "m.py:3"),
    ]


def test_texts_are_found_in_templates() -> None:
    source = """{% translate "Sign in" %} {{ _("Foo") }} {% translate "open" context "menu" %}
        {% blocktranslate trimmed %}
          Hello {{ name }}, it's you
        {% endblocktranslate %}
        {% blocktranslate count n=x %}{{ n }} loan{% plural %}{{ n }} loans{% endblocktranslate %}"""

    assert [(text.context, text.msgid) for text in texts_of_template(source, "t.html")] == [
        ("", "Sign in"),
        ("", "Foo"),
        ("menu", "open"),
        ("", "Hello %(name)s, it's you"),
        ("", "%(n)s loan"),
    ]


def test_a_translation_keeps_the_placeholders() -> None:
    assert is_translated(entry("%(n)s loans", "%(n)s 笔贷款"))
    assert not is_translated(entry("%(n)s loans", "贷款"))
    assert not is_translated(entry("Loans", ""))


def test_parts_become_one_catalogue_and_the_first_part_decides(tmp_path: Path) -> None:
    for name, text in (("a", "案件"), ("b", "个案")):
        (tmp_path / f"{name}.zh.po").write_text(f'msgid "Case"\nmsgstr "{text}"\n\nmsgid "{name}"\nmsgstr "x"\n')

    merged = catalogue(sorted(tmp_path.glob("*.po")))

    assert {one.msgid: one.msgstr for one in merged} == {"Case": "案件", "a": "x", "b": "x"}


def test_the_compiled_catalogue_lands_where_django_looks_for_it(tmp_path: Path) -> None:
    target = compile_translations(tmp_path)

    assert target == tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    assert len(polib.mofile(str(target))) == len(catalogue())


@pytest.mark.parametrize(
    "part", sorted((Path(__file__).parents[2] / "locale" / "parts").glob("*.po")), ids=lambda p: p.name
)
def test_every_translation_of_a_part_is_complete(part: Path) -> None:
    assert [one.msgid for one in polib.pofile(str(part)) if not is_translated(one)] == []
