"""The rules of the house held against the code: contracts of imports, clock, network, drawing.

Which floor imports which, and that no circle is made, is written down in ``pyproject.toml`` for
import-linter; here a circle and an arrow up are planted to see that it objects.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import PACKAGE, ROOT, floors, modules, room_of, rooms

NETWORK = {"requests", "urllib", "http", "socket", "httpx", "aiohttp", "ftplib", "smtplib"}
NETWORK |= {"obstore", "sp_api", "apprise"}
ONLY_TEXT = {"urllib.parse"}
"""Modules of those that take URLs apart, and ask nobody."""
REACHES = {"remote": {"obstore"}, "fetching": {"sp_api", "httpx"}}
"""Rooms that ask others for files, which a user must have named or asked for, and through what."""
CLOCK = re.compile(
    r"\b(?:(?:datetime|date|Timestamp)\.(?:now|today)|utcnow)\(|\bTimestamp\([\"'](?:now|today)"
)
READS = {"time", "random"}
"""Modules that read the clock, or global random state, by names of their own."""
GLOBAL_RANDOM = re.compile(
    r"\bnp\.random\.(?!Generator|PCG64|SeedSequence)\w+\(|(?<!np\.)\brandom\.\w+\("
)
NOT_A_PAIR = re.compile(
    r"\bsocket\.(?!socketpair\(|socket\(fileno=|socket[,)]|SHUT_RDWR|send_fds|recv_fds)\w+"
)
"""What a module may not use of `socket` that joins two processes by a pair of them."""
ASKS = {"clock", "controls", "reports", "fetching", "cli"}
"""Rooms that know Jupyter, Amazon or the command line, and may ask the clock."""
TIMED = {PACKAGE / "batch" / name for name in ("rounds.py", "worker.py")}
"""Modules that take the time of work and wait; what they work out does not depend on it."""


def imported(path: Path) -> set[str]:
    """Names of the modules a file imports, also inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_network_and_no_clock_below_the_top_floor(path: Path) -> None:
    text, names = path.read_text("utf-8"), imported(path)
    reached = {name for name in names if name.split(".")[0] in NETWORK} - ONLY_TEXT
    if path == PACKAGE / "reports" / "warm.py":
        assert not NOT_A_PAIR.findall(text), f"{path}: only a pair of two processes stays here"
        reached -= {"socket"}
    reached = {name for name in reached if name.split(".")[0] not in REACHES.get(room_of(path), ())}
    if path == PACKAGE / "batch" / "alerts" / "through_apprise.py":
        reached -= {"apprise"}
    assert not reached, f"{path} imports {reached}: nothing here may reach for the network"
    if room_of(path) not in ASKS and path not in TIMED:
        assert not names & READS, f"{path} imports {names & READS}"
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


def test_the_contract_of_drawing_covers_every_floor_below_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (named,) = (c["source_modules"] for c in contracts if c["id"] == "thinking")
    below = {room for room, floor in floors().items() if room in rooms() and floor[0] in "0123"}
    assert below == {name.removeprefix("odr_analysis.") for name in named}


@pytest.mark.parametrize(
    ("into", "line", "broken"),
    [
        ("rates/rolling.py", "import odr_analysis.rates.components", "No circle"),
        ("exports/text/dates.py", "import odr_analysis.exports.readers.claims", "No circle"),
        ("rates/rolling.py", "import odr_analysis.answer.parts.cards", "A room imports only"),
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


def sources() -> Iterator[tuple[str, str]]:
    """Place and Python source of every module and notebook."""
    for path in modules():
        yield room_of(path), path.read_text("utf-8")
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        yield path.name, "\n".join(code)


def test_nothing_is_passed_in_the_attrs_of_a_table() -> None:
    passing = {
        place
        for place, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "attrs"
    }
    assert not passing
