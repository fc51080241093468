"""What the documents say of the tree and the code, held against both."""

from __future__ import annotations

import ast
import builtins
import re
from functools import cache

import pytest

from tests.house import ROOT, modules

DOCUMENTS = ("ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md")
THEIRS = {"store_rejects"}
"""Options of libraries that are named and not used."""
SUFFIX = re.compile(r"\.(?:py|md|toml|txt|yml)$")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def in_code(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


@cache
def words_of_the_code() -> frozenset[str]:
    """Every name that is defined, given or read in the package, and every short text in it."""
    found = set(dir(builtins))
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                    found.add(name)
                case ast.Constant(value=str(text)):
                    found.add(text)
    return frozenset(found)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_that_are_named_are_there(document: str) -> None:
    bare = {p.name for p in modules()}
    named = [t for t in in_code(read(document)) if re.fullmatch(r"[\w./-]*(/|\.\w{2,5})", t)]
    named = [t for t in named if "/" in t or SUFFIX.search(t)]
    missing = [t for t in named if t not in bare and not (ROOT / t).exists()]
    assert not missing, f"{document} names what is not there: {missing}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_of_code_are_those_of_the_code(document: str) -> None:
    known = words_of_the_code() | THEIRS
    lost = []
    for token in in_code(read(document)):
        called = re.fullmatch(r"([A-Za-z_][\w.]*)(\(.*\))?", token)
        if called and not SUFFIX.search(token) and not known.issuperset(called[1].split(".")):
            lost.append(token)
    assert not lost, f"{document} names what the code does not: {lost}"


def test_commands_that_are_named_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    named = [t for d in (*DOCUMENTS, "README.md") for t in re.findall(r"`make (\w+)`", read(d))]
    assert named
    assert set(named) <= targets
    assert "lint-imports" in re.search(r"^lint:.*?\n\n", read("Makefile"), re.M | re.S)[0]


def test_the_folders_of_tests_and_the_notebooks_stand_in_the_map() -> None:
    text = read("ARCHITECTURE.md")
    folders = {p.name for p in (ROOT / "tests").iterdir() if (p.is_dir() and any(p.glob("*.py")))}
    assert folders
    assert {f for f in folders if f"`tests/{f}/`" not in text} == set()
    notebooks = sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))
    assert f"`notebooks/{notebooks[0]}` to `notebooks/{notebooks[-1]}`" in text
    assert [n[:2] for n in notebooks] == [f"{i:02}" for i in range(1, len(notebooks) + 1)]


def test_the_glossary_explains_a_word_once() -> None:
    words = re.findall(r"^\| (.+?) \|", read("GLOSSARY.md"), re.M)
    words = [w for row in words for w in re.findall(r"\*\*(.+?)\*\*", row)]
    assert len(words) > 50
    assert sorted({w for w in words if words.count(w) > 1}) == []


@pytest.mark.parametrize("document", [*DOCUMENTS, "README.md"])
def test_documents_use_the_plain_word(document: str) -> None:
    """One term for each thing: record, source, decision, rule; none of the court."""
    court = re.compile(r"\b(sighting|witness(?:es)?|verdict|judg(?:e|es|ed|ing|e?ment))s?\b", re.I)
    prose = re.sub(r"`[^`]*`", "", read(document))
    assert court.findall(prose) == []


def test_no_document_holds_the_marks_of_a_merge() -> None:
    marks = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.M)
    held = [d for d in (*DOCUMENTS, "README.md", "CHANGELOG.md") if marks.search(read(d))]
    assert held == []
