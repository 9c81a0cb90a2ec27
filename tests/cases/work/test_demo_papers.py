"""The demo's papers are what they say they are."""

from cases.file_kinds import FileKind, kind_of
from config.demo.papers import paper


def test_a_paper_of_the_demo_is_a_plain_document() -> None:
    assert kind_of(paper("a.pdf", ["One line", "Another"]).read()) == FileKind.PDF
