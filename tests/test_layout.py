"""The house stands as it is drawn: the repository itself is tested."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
CODE = ("config", "lending", "risk", "collections")
OUR_APPS = ("audit", "staff", "lending", "risk", "contacts", "cases", "restructuring", "dunning", "config")
TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "README.md", "config", "lending", "collections", "risk", "templates", "tests"),
    *("Makefile", ".ci", ".gitignore", ".gitattributes", ".pre-commit-config.yaml", "LICENSE", "CHANGELOG.md"),
    *("requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt"),
    *("docs", "benchmarks", "locale", "static", "scripts"),
}
LINES_MAX = 400
FUNCTION_LINES_MAX = 70
MAY_READ_THE_CLOCK = {"collections/audit/clock.py"}
MAY_UNMASK = {
    *("lending/personal.py", "lending/models/parties.py"),  # keeping it encrypted
    "collections/contacts/names.py",  # the owner's view of a name
    "collections/contacts/reveal.py",
    "collections/contacts/telephony.py",  # what leaves the console
    *(f"collections/dunning/channels/{way}/adapter.py" for way in ("house", "sms", "twilio", "mail")),  # the same
    "collections/dunning/channels/numbers.py",  # the same
    "lending/providers.py",  # the same
    "collections/dunning/texts.py",
    "config/demo/mailbox.py",  # what the demo's borrowers have received
}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("timezone", "now")}


def tracked() -> list[Path]:
    """What the repository holds, or would hold at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_the_top_level_is_as_given() -> None:
    assert {path.parts[0] for path in tracked()} - TOP_LEVEL == set()


def test_collections_is_a_folder_and_no_package() -> None:
    assert not (ROOT / "collections" / "__init__.py").exists()


@pytest.mark.parametrize("command", ["import config", "import config.settings", "import config.celery"])
def test_the_standard_librarys_collections_wins(command: str) -> None:
    script = f"{command}\nimport collections, sys; print(collections.__file__)"

    found = subprocess.run(
        [sys.executable, "-c", "import collections; print(collections.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    after = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert after.stdout == found.stdout
    assert str(ROOT) not in after.stdout


def test_no_test_folder_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_no_app_is_named_after_a_standard_module() -> None:
    folders = {path.name for path in (ROOT / "collections").iterdir() if path.is_dir()} | {"lending", "risk", "config"}

    assert folders & set(sys.stdlib_module_names) == set()


def test_every_app_of_the_house_is_installed() -> None:
    assert {config.name for config in apps.get_app_configs()} >= set(OUR_APPS)


@pytest.mark.parametrize("label", [app for app in OUR_APPS if app != "config"])
def test_every_app_with_models_has_migrations(label: str) -> None:
    config = apps.get_app_config(label)

    assert not list(config.get_models()) or (Path(config.path) / "migrations" / "0001_initial.py").exists()


def test_files_are_short() -> None:
    long = {
        path: lines
        for folder in (*CODE, "tests", "templates", "scripts")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ""} and path.is_file() and "migrations" not in path.parts
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }

    assert long == {}


def test_functions_are_short() -> None:
    long = [
        f"{where}:{node.lineno} {node.name}"
        for where, tree in modules(*CODE)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]

    assert long == []


def test_only_one_module_reads_the_clock() -> None:
    readers = [
        f"{where}:{call.lineno}"
        for where, tree in modules(*CODE)
        if where not in MAY_READ_THE_CLOCK
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        if (getattr(call.func.value, "id", getattr(call.func.value, "attr", "")), call.func.attr) in CLOCKS
    ]

    assert readers == []


def test_personal_data_is_unmasked_in_few_places() -> None:
    places = {
        where
        for where, tree in modules(*CODE)
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "unmasked"
    }

    assert places == MAY_UNMASK


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pragma: no cover")
    found = [
        str(path)
        for path in tracked()
        if path.suffix in {".py", ".html", ".js", ".css"} and path != Path("tests/test_layout.py")
        if later.search((ROOT / path).read_text())
    ]

    assert found == []


def test_templates_run_no_script_and_carry_no_style_of_their_own() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\bon[a-z]+=\"|\shx-on|\sstyle=|<style", re.IGNORECASE)
    found = [str(path) for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())]

    assert found == []


def test_the_failpoints_of_the_code_are_the_ones_that_are_listed() -> None:
    from audit.failpoints import POINTS

    passed = {
        call.args[0].value
        for _, tree in modules(*CODE)
        for call in calls(tree)
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "failpoint"
        if call.args and isinstance(call.args[0], ast.Constant)
    }

    assert passed == set(POINTS)


def test_locks_are_pinned_and_hashed_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert len(re.findall(r"^[\w.-]+(?:\[[\w, -]+\])?==", text, re.MULTILINE)) == len(
            re.findall(r"^\S", text, re.MULTILINE)
        )
        assert "--hash=sha256:" in text


def test_the_tests_that_the_documentation_names_are_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in pages for name in re.findall(r"`((?:tests/[\w/]*)?test_\w+\.py)`", page.read_text())}
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}

    assert len(named) > 30
    assert {name for name in named if not ((ROOT / name).exists() if "/" in name else name in there)} == set()
