"""The floor rule, read from the imports; and the map of the house, held against the tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "odr_analysis"

FLOORS: dict[str, int] = {
    "errors": 0,
    "terms": 0,
    "policy": 0,
    "days": 0,
    "presets": 0,
    "progress": 0,
    "receipt": 0,
    "words": 0,
    "visible": 0,
    "exports": 1,
    "archive": 1,
    "account": 1,
    "cache": 1,
    "load": 1,
    "source": 1,
    "scratch": 1,
    "writing": 1,
    "frames": 1,
    "sample": 1,
    "rates": 2,
    "health": 2,
    "reconcile": 2,
    "whatif": 2,
    "texts": 2,
    "why": 2,
    "causes": 2,
    "actions": 2,
    "forecast": 2,
    "answer": 3,
    "style": 4,
    "plots": 4,
    "html": 4,
    "clock": 5,
    "controls": 5,
    "reports": 5,
    "cli": 5,
}
"""First part of a module's name below the package to its floor."""

DRAWS_OR_MEETS = {"matplotlib", "seaborn", "IPython", "ipywidgets", "papermill", "nbconvert"}
NETWORK = {"requests", "urllib", "http", "socket", "httpx", "aiohttp", "ftplib", "smtplib"}
CLOCK = re.compile(r"\b(?:datetime\.now|date\.today|time\.time|utcnow|Timestamp\.now)\(")
GLOBAL_RANDOM = re.compile(
    r"\bnp\.random\.(?!Generator|PCG64|SeedSequence)\w+\(|(?<!np\.)\brandom\.\w+\("
)


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 40, "the package was not found"
    return found


def imported(path: Path) -> set[str]:
    """Every module a file imports, inside functions too; `if TYPE_CHECKING` blocks left out."""
    tree = ast.parse(path.read_text("utf-8"))
    hints = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for child in block.body
        for node in ast.walk(child)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in hints:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def floor_of(path: Path) -> int:
    return FLOORS[path.relative_to(PACKAGE).parts[0].removesuffix(".py")]


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if p != PACKAGE / "__init__.py"],
    ids=lambda p: p.relative_to(PACKAGE).as_posix(),
)
def test_imports_only_from_floors_below(path: Path) -> None:
    floor = floor_of(path)
    names = imported(path)
    for name in names:
        parts = name.split(".")
        if parts[0] == "odr_analysis" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS[parts[1]] <= floor, f"{path} (floor {floor}) imports {name}"
        if floor <= 3:
            assert parts[0] not in DRAWS_OR_MEETS, f"{path} (floor {floor}) imports {name}"
        if parts[0] in NETWORK:
            raise AssertionError(f"{path} imports {name}: nothing here may reach for the network")
    text = path.read_text("utf-8")
    if floor < 5:
        assert not CLOCK.search(text), f"{path} asks the clock"
        assert not GLOBAL_RANDOM.search(text), f"{path} uses global random state"


def test_no_file_outgrows_its_room() -> None:
    long = {
        p.relative_to(ROOT).as_posix(): n
        for p in modules()
        if (n := len(p.read_text("utf-8").splitlines())) > 450
    }
    assert not long, f"a second room is due: {long}"


def test_every_place_has_a_floor_and_every_floor_exists() -> None:
    tops = {p.relative_to(PACKAGE).parts[0].removesuffix(".py") for p in modules()} - {"__init__"}
    assert tops == set(FLOORS)


def test_the_map_names_what_is_there_and_nothing_else() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`(odr_analysis/[\w/.]+|tests/[\w/.]+|notebooks/[\w./-]+)`", text))
    assert len(named) >= len(FLOORS)
    missing = sorted(n for n in named if not (ROOT / n).exists())
    assert not missing, f"ARCHITECTURE.md names what is not there: {missing}"
    for top in FLOORS:
        assert any(n.rstrip("/").removesuffix(".py") == f"odr_analysis/{top}" for n in named), (
            f"ARCHITECTURE.md does not name odr_analysis/{top}"
        )
