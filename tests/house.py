"""The tree as numbers: modules, rooms, floors and imports, for tests of documents.

``python -m tests.house`` writes the picture in ARCHITECTURE.md anew.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "odr_analysis"
MAP = ROOT / "ARCHITECTURE.md"
PICTURE = "## The house in numbers"


def modules() -> list[Path]:
    """Every Python file of the package."""
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 40, "the package was not found"
    return found


def named_modules() -> list[Path]:
    """Every module with a name of its own, relative to the package."""
    own = (p.relative_to(PACKAGE) for p in modules())
    return [p for p in own if p.name not in ("__init__.py", "__main__.py")]


def room_of(path: Path) -> str:
    """The room or ground file a file of the package belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def layers() -> tuple[frozenset[str], ...]:
    """Rooms of each layer of the contract of floors, the highest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (found,) = (c["layers"] for c in contracts if c["id"] == "floors")
    return tuple(frozenset(layer.split(" : ")) for layer in found)


def rooms() -> set[str]:
    """Every room of the contract of floors."""
    return set().union(*layers())


def floors() -> dict[str, str]:
    """Place to floor ("1 in"), as the table of the map has them."""
    found: dict[str, str] = {}
    floor = ""
    table = own_map().partition(PICTURE)[0]
    for given, place in re.findall(r"^\| (.*?) ?\| `odr_analysis/([\w/.]+)` \|", table, re.M):
        floor = given or floor
        found[place.rstrip("/").removesuffix(".py")] = floor
    return found


def own_map() -> str:
    return MAP.read_text("utf-8")


def files_per_folder() -> Counter[str]:
    """Named modules in each folder, by its path below the package; '' is the package itself."""
    return Counter(p.parent.as_posix().removeprefix(".") for p in named_modules())


@cache
def imports() -> frozenset[tuple[str, str]]:
    """Every import of a module of the package by another, names below the package."""
    import grimp

    graph = grimp.build_graph("odr_analysis", cache_dir=None)
    inner = {m.removeprefix("odr_analysis.") for m in graph.modules if m != "odr_analysis"}
    assert len(inner) > 40, "the package was not found"
    return frozenset(
        (name, imported.removeprefix("odr_analysis."))
        for name in sorted(inner)
        for imported in graph.find_modules_directly_imported_by(f"odr_analysis.{name}")
        if imported != "odr_analysis"
    )


def arrows_up(found: frozenset[tuple[str, str]]) -> int:
    """Imports of a room on a higher layer."""
    height = {room: -i for i, layer in enumerate(layers()) for room in layer}
    ends = ((a.split(".")[0], b.split(".")[0]) for a, b in found)
    return sum(height[a] < height[b] for a, b in ends)


def circles(found: frozenset[tuple[str, str]]) -> int:
    """Circles of siblings: of modules in one room, of rooms in one folder, of all rooms."""
    arrows: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for importer, imported in found:
        a, b = importer.split("."), imported.split(".")
        shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
        if shared is not None:
            arrows.setdefault(tuple(a[:shared]), set()).add((a[shared], b[shared]))
    return sum(_tangles(siblings) for siblings in arrows.values())


def _tangles(arrows: set[tuple[str, str]]) -> int:
    """Groups of names that reach each other."""
    names = sorted({name for arrow in arrows for name in arrow})
    at = {name: i for i, name in enumerate(names)}
    pairs = np.array([(at[a], at[b]) for a, b in sorted(arrows)])
    shape = (len(names), len(names))
    graph = csr_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=shape)
    _, group = connected_components(graph, directed=True, connection="strong")
    return int((np.bincount(group) > 1).sum())


def most_calls_in_a_report() -> int:
    """How often a report of a small seller works out the table it works out most often."""
    from odr_analysis import findings, load_account, to_summary, write_sample
    from tests.unit.answer.test_day import COUNTED, counted

    with TemporaryDirectory(prefix="odr-house-") as place:
        write_sample(place, scenario="tiny")
        account = load_account(place, cache=None)
        with counted() as calls:
            _ = findings(account).sections
            to_summary(account)
    assert len({name for name, _ in calls}) == len(COUNTED), "not every table was asked for"
    return max(calls.values())


def picture() -> str:
    """The folder picture: files of every room, floor by floor, and what must stay as it is."""
    floor_of = floors()
    rows = [
        (floor_of[folder.split("/")[0]], f"`odr_analysis/{folder}/`", n)
        for folder, n in files_per_folder().items()
        if folder
    ]
    alone = Counter(floor_of[p.stem] for p in named_modules() if len(p.parts) == 1)
    rows += [(floor, "by themselves", n) for floor, n in alone.items()]
    found = imports()
    measures = {
        "circles of imports": circles(found),
        "arrows up": arrows_up(found),
        "calls per table in one report": most_calls_in_a_report(),
    }
    lines = ["| floor | place | files |", "|---|---|---|"]
    lines += [f"| {floor} | {place} | {n} |" for floor, place, n in sorted(rows)]
    lines += ["", "| of the whole house | |", "|---|---|"]
    lines += [f"| {name} | {n} |" for name, n in measures.items()]
    return "\n".join(lines)


def picture_of(text: str) -> str:
    """The picture that stands in the map."""
    _, _, after = text.partition(f"{PICTURE}\n")
    lines = after[after.index("| floor |") :].splitlines()
    end = next(i for i, line in enumerate(lines) if line and not line.startswith("|"))
    return "\n".join(lines[:end]).strip()


def main() -> None:
    """Put the picture of today into the map."""
    text = own_map()
    MAP.write_text(text.replace(picture_of(text), picture()), "utf-8")


if __name__ == "__main__":
    main()
