"""The rules of the house held against the tree: contracts of imports, clock, network, and the map.

Which floor imports which, and that no circle is made, is written down in ``pyproject.toml`` for
import-linter; here a circle and an arrow up are planted to see that it objects.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "odr_analysis"

NETWORK = {"requests", "urllib", "http", "socket", "httpx", "aiohttp", "ftplib", "smtplib"}
CLOCK = re.compile(r"\b(?:datetime\.now|date\.today|time\.time|utcnow|Timestamp\.now)\(")
GLOBAL_RANDOM = re.compile(
    r"\bnp\.random\.(?!Generator|PCG64|SeedSequence)\w+\(|(?<!np\.)\brandom\.\w+\("
)
ASKS = {"clock", "controls", "reports", "cli"}
"""Rooms that know Jupyter or the command line, and may ask the clock."""


def rooms() -> set[str]:
    """Every room of the contract of floors."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (c["layers"] for c in contracts if c["id"] == "floors")
    return {room for layer in layers for room in layer.split(" : ")}


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 40, "the package was not found"
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_network_and_no_clock_below_the_top_floor(path: Path) -> None:
    text = path.read_text("utf-8")
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    reached = {name for name in names if name.split(".")[0] in NETWORK}
    assert not reached, f"{path} imports {reached}: nothing here may reach for the network"
    if room_of(path) not in ASKS:
        assert not CLOCK.search(text), f"{path} asks the clock"
        assert not GLOBAL_RANDOM.search(text), f"{path} uses global random state"


def contracts_of(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the package in `folder`."""
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(linter), "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_of_imports_are_kept() -> None:
    done = contracts_of(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts: 3 kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("into", "line", "broken"),
    [
        ("rates/rolling.py", "import odr_analysis.rates.components", "No circle"),
        ("exports/text/dates.py", "import odr_analysis.exports.readers.claims", "No circle"),
        ("rates/rolling.py", "import odr_analysis.answer.cards", "A room imports only"),
        ("whatif/scenario.py", "import matplotlib", "Nothing below the drawing floor"),
    ],
    ids=["circle in a room", "circle of rooms", "arrow up", "drawing below"],
)
def test_a_planted_import_breaks_a_contract(
    tmp_path: Path, into: str, line: str, broken: str
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "odr_analysis", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "odr_analysis" / into
    # Inside a function too: an import is one wherever it stands.
    path.write_text(f"{path.read_text('utf-8')}\n\ndef planted() -> None:\n    {line}\n", "utf-8")
    done = contracts_of(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"{broken}.*BROKEN", done.stdout), done.stdout


def test_no_file_outgrows_its_room() -> None:
    long = {
        p.relative_to(ROOT).as_posix(): n
        for p in modules()
        if (n := len(p.read_text("utf-8").splitlines())) > 450
    }
    assert not long, f"a second room is due: {long}"


def test_every_room_has_a_floor() -> None:
    assert {room_of(p) for p in modules()} - {"__init__"} == rooms()


def test_no_room_hides_a_public_name() -> None:
    """Once imported, a room is an attribute of the package, and stands before a name of it."""
    import odr_analysis

    assert not rooms() & {*odr_analysis.__all__}


def test_the_map_names_what_is_there_and_nothing_else() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`(odr_analysis/[\w/.]+|tests/[\w/.]+|notebooks/[\w./-]+)`", text))
    assert len(named) >= len(rooms())
    missing = sorted(n for n in named if not (ROOT / n).exists())
    assert not missing, f"ARCHITECTURE.md names what is not there: {missing}"
    for top in rooms():
        assert any(n.rstrip("/").removesuffix(".py") == f"odr_analysis/{top}" for n in named), (
            f"ARCHITECTURE.md does not name odr_analysis/{top}"
        )
