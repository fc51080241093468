"""The rooms held against the tree: their map, their size, their names, and the tests of each."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests import house
from tests.house import MAP, PACKAGE, ROOT, modules, named_modules, room_of, rooms

UNIT = ROOT / "tests" / "unit"

MOST_LINES = 400
MOST_FILES = 14
"""Modules of one folder: about as many names as are read at a glance."""
MOST_BY_THEMSELVES = 24
"""Modules that stand in no room: each is one subject, and is found by its name."""


def test_every_room_has_a_floor() -> None:
    assert {room_of(p) for p in modules()} - {"__init__"} == rooms()


def test_no_room_hides_a_public_name() -> None:
    """Once imported, a room is an attribute of the package, and stands before a name of it."""
    import odr_analysis

    assert not rooms() & {*odr_analysis.__all__}


def test_no_file_outgrows_its_room() -> None:
    files = [
        p for top in ("odr_analysis", "tests", "benchmarks") for p in (ROOT / top).rglob("*.py")
    ]
    assert len(files) > 300
    lines = {p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines()) for p in files}
    long = {p: n for p, n in lines.items() if n > MOST_LINES}
    assert not long, f"a second room is due: {long}"


def test_no_folder_outgrows_a_glance() -> None:
    for folder, n in house.files_per_folder().items():
        most = MOST_FILES if folder else MOST_BY_THEMSELVES
        assert n <= most, f"odr_analysis/{folder} has {n} modules: an inner room is due"


def test_the_map_gives_each_room_the_floor_its_contract_gives_it() -> None:
    """Layers are finer than floors: each lies within one, and none on a floor below the next."""
    floor_of = house.floors()
    assert {f[0] for f in floor_of.values()} == set("012345"), "a ground and five floors"
    heights = []
    for layer in house.layers():
        (floor,) = {floor_of[room] for room in layer}
        heights.append(int(floor[0]))
    assert heights == sorted(heights, reverse=True)
    inner = {f for f in floor_of if f.split("/")[0] != f}
    assert inner, "inner rooms stand in the map"
    for room in inner:
        assert floor_of[room] == floor_of[room.split("/")[0]]


def test_the_map_lists_every_inner_room_of_the_exports() -> None:
    there = {p.parent.as_posix() for p in named_modules() if p.parts[0] == "exports"}
    assert there == {f for f in house.floors() if f.split("/")[0] == "exports"}


def test_the_picture_is_that_of_the_tree() -> None:
    assert house.picture_of(house.own_map()) == house.picture(), (
        "ARCHITECTURE.md is out of date: python -m tests.house writes the picture anew"
    )


def test_circles_and_arrows_up_are_counted() -> None:
    """On imports made up for it, as the tree has none."""
    found = frozenset(
        {
            ("rates.rolling", "days"),
            ("rates.rolling", "answer.cards"),
            ("exports.text.dates", "exports.readers.claims"),
            ("exports.readers.claims", "exports.text.dates"),
            ("why.bridge", "why.shares"),
            ("why.shares", "why.moved"),
            ("why.moved", "why.bridge"),
        }
    )
    assert house.arrows_up(found) == 1, "rates to answer"
    assert house.circles(found) == 2, "of two rooms of exports, and of three files of why"
    assert house.circles(found - {("why.moved", "why.bridge")}) == 1


def shared_names() -> dict[str, str]:
    """Name to its common topic, as the map lists them."""
    _, _, after = house.own_map().partition("## One name, one topic\n")
    section = after.partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", section, re.M))


def test_one_name_has_one_topic() -> None:
    places: defaultdict[str, set[str]] = defaultdict(set)
    for path in named_modules():
        places[path.stem].add(path.parent.as_posix())
        for folder in (*path.parents,)[:-1]:
            places[folder.name].add(folder.parent.as_posix())
    twice = {name for name, found in places.items() if len(found) > 1}
    assert twice == shared_names().keys(), "ARCHITECTURE.md lists each name with its topic"


def own_test(module: Path) -> Path:
    """Where the tests of a module stand."""
    return UNIT / module.parent / f"test_{module.name}"


def test_every_module_has_its_tests_at_the_same_place() -> None:
    missing = [m.as_posix() for m in named_modules() if not own_test(m).is_file()]
    assert not missing, f"no test file under tests/unit for {missing}"


def test_every_file_of_unit_tests_is_of_a_module() -> None:
    """``test_<module>.py``; where that is too small for them also ``test_<module>_<part>.py``."""
    stray = []
    for path in sorted(UNIT.rglob("test_*.py")):
        place = path.relative_to(UNIT)
        names = [m.stem for m in named_modules() if m.parent == place.parent]
        own = place.stem.removeprefix("test_")
        if not any(own == n or own.startswith(f"{n}_") for n in names):
            stray.append(place.as_posix())
    assert not stray, f"tests of no module: {stray}"


def defined_in(path: Path) -> set[str]:
    """Names a module defines at its top."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


@pytest.mark.parametrize("module", named_modules(), ids=Path.as_posix)
def test_the_tests_of_a_module_ask_it(module: Path) -> None:
    path = own_test(module)
    if not path.is_file():
        pytest.fail(f"{path.relative_to(ROOT)} is missing")
    tree = ast.parse(path.read_text("utf-8"))
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    assert any(n.name.startswith("test_") for n in tests), "no test in it"
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    used |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    # By the module's own name only where that is imported: any object may have such an attribute.
    parent = ".".join(("odr_analysis", *module.parent.parts))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == parent]
    called = {a.asname or a.name for n in imports for a in n.names if a.name == module.stem}
    own = defined_in(PACKAGE / module) | called
    assert used & own, f"nothing of {module} is used"


def test_the_map_names_what_is_there_and_nothing_else() -> None:
    named = set(
        re.findall(r"`(odr_analysis/[\w/.]+|tests/[\w/.]+|notebooks/[\w./-]+)`", house.own_map())
    )
    assert len(named) >= len(rooms())
    missing = sorted(n for n in named if not (ROOT / n).exists())
    assert not missing, f"{MAP.name} names what is not there: {missing}"
    for top in rooms():
        assert any(n.rstrip("/").removesuffix(".py") == f"odr_analysis/{top}" for n in named), (
            f"{MAP.name} does not name odr_analysis/{top}"
        )
