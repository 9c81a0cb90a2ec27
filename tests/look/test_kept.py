"""What the frame remembers between pages."""

import pytest
from django.template import Context, Template
from django.utils.translation import override


@pytest.mark.parametrize("tag", ['{% translate "Close" %}', '{% translate "Close" as words %}{{ words }}'])
def test_a_constant_is_said_in_the_language_of_each_reader(tag: str) -> None:
    said = Template("{% load words %}" + tag)

    for _ in range(2):
        with override("en"):
            assert said.render(Context()) == "Close"
        with override("zh-hans"):
            assert said.render(Context()) == "关闭"


def test_a_constant_with_a_context_is_not_taken_for_the_one_without() -> None:
    with override("zh-hans"):
        said = [
            Template("{% load words %}{% translate " + words + " %}").render(Context())
            for words in ('"Made" context "contact"', '"Made"')
        ]

    assert said == ["已联系", "Made"]


def test_words_from_a_variable_are_looked_up_each_time() -> None:
    said = Template("{% load words %}{% translate words %}")

    with override("zh-hans"):
        assert [said.render(Context({"words": words})) for words in ("Close", "Search")] == ["关闭", "搜索"]


def test_a_kept_part_is_remembered_for_each_language_and_each_rail() -> None:
    part = Template('{% load kept %}{% kept "components/dialogs.html" of %}')

    def drawn(of: str) -> str:
        return part.render(Context({"of": of, "rail": [{"key": of, "label": f"Desk {of}"}]}))

    with override("en"):
        first, again = drawn("q"), drawn("q")
        assert first == again
        assert "Desk q" in first
        assert "Desk v" in drawn("v")
    with override("zh-hans"):
        assert "快捷键" in drawn("q")
