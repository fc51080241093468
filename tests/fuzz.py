"""Damaged exports of every kind: only the package's own errors come out, and no row is lost.

``python -m tests.fuzz 20000`` reads that many mutants and prints its counts; the suite reads
500, or 2,000 in a long run. Seeds are fixed, so that what fails fails again:
``python -m tests.fuzz 1 --from 1234``.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from odr_analysis import write_sample
from odr_analysis.errors import OdrError
from odr_analysis.exports.files.scan import as_utf8, scan_path
from odr_analysis.exports.flat.as_table import as_tables
from odr_analysis.exports.kinds.registry import Recognised, recognise
from odr_analysis.exports.orders.careful import careful_rows
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.small_files import read_small
from odr_analysis.exports.text.delimited import split_rows
from tests.fuzz_seeds import as_workbook, more_seeds

MOST_LINES = 15
"""Lines of a table that are kept: every kind of row is met soon, and a mutant is read quickly."""
BOOK = " in a workbook"
NASTY = [
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\t",
        b'"',
        b'""',
        b",",
        b";",
    ),
    *(b"\x1b[2J", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe3\x80\x80", b"\\ud800", b"=1+1", b"'", b"}"),
    *(b"9" * 40, b"9" * 5000, b"1e999", b"-1e999999", b"NaN", b"Infinity", b"null", b"[[[[", b"-"),
    *(b"31/12/9999", b"0000-00-00", b"2026-02-30T25:61:61Z", b"<!DOCTYPE a>", b"&#0;", b"]]>"),
]


@dataclass
class Told:
    """What became of the mutants."""

    ends: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        kinds = ", ".join(f"{kind} {n:,}" for kind, n in sorted(self.kinds.items()))
        ends = ", ".join(f"{end} {n:,}" for end, n in self.ends.most_common())
        return [f"{self.ends.total():,} mutants: {ends}", f"kinds: {kinds}", *self.failures]


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """A sound file of every kind, with a name for each.

    Those whose names end in `BOOK` become workbooks once they are damaged.
    """
    found = more_seeds()
    for scenario in ("witnesses", "witnesses-us", "witnesses-jp"):
        home = folder / scenario
        write_sample(home, orders=400, seed=3, scenario=scenario)
        for path in sorted(home.iterdir()):
            if path.name == "truth.json":
                continue
            (scan,) = scan_path(path, home, folder / "unpacked" / scenario / path.name)
            content = scan.path.read_bytes()
            if not content.lstrip().startswith((b"{", b"[", b"<")):
                content = b"".join(content.splitlines(keepends=True)[:MOST_LINES])
            kind = recognise(scan).kind
            found.setdefault(f"{scenario}/{kind}", content)
            if not scan.problem and not content.lstrip().startswith((b"{", b"[", b"<")):
                found.setdefault(f"{kind}{BOOK}", content)
            if path.suffix == ".gz":
                found.setdefault("packed", path.read_bytes())
    return sorted(found.items())


def mutant(content: bytes, draw: random.Random) -> bytes:
    """A few things gone wrong with a file: bits, bytes, cells, lines, its end."""
    for _ in range(draw.choice([1, 1, 1, 2, 5])):
        content = draw.choice(MUTATIONS)(bytearray(content), draw)
    return bytes(content)


def _bit(content: bytearray, draw: random.Random) -> bytes:
    if content:
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(content)


def _nasty(content: bytearray, draw: random.Random) -> bytes:
    at = draw.randrange(len(content) + 1)
    return (
        bytes(content[:at]) + draw.choice(NASTY) + bytes(content[at + draw.choice([0, 0, 1, 5]) :])
    )


def _cell(content: bytearray, draw: random.Random) -> bytes:
    """Another cell, or something nasty, in the place of one."""
    mark = draw.choice([b"\t", b",", b";", b'"', b" "])
    cells = bytes(content).split(mark)
    cells[draw.randrange(len(cells))] = draw.choice([*NASTY, draw.choice(cells), b""])
    return mark.join(cells)


def _lines(content: bytearray, draw: random.Random) -> bytes:
    lines = bytes(content).split(b"\n")
    one, two = draw.randrange(len(lines)), draw.randrange(len(lines))
    what = draw.choice(["swap", "drop", "twice", "join"])
    if what == "swap":
        lines[one], lines[two] = lines[two], lines[one]
    elif what == "drop":
        del lines[one]
    elif what == "twice":
        lines.insert(one, lines[two])
    else:
        lines[one : one + 2] = [b"".join(lines[one : one + 2])]
    return b"\n".join(lines)


def _end(content: bytearray, draw: random.Random) -> bytes:
    return bytes(content[: draw.randrange(len(content) + 1)])


def _encoded(content: bytearray, draw: random.Random) -> bytes:
    text = bytes(content).decode("utf-8", "replace")
    return text.encode(
        draw.choice(["utf-16", "utf-8-sig", "cp1252", "cp932", "utf-16-be"]), "replace"
    )


MUTATIONS: list[Callable[[bytearray, random.Random], bytes]] = [
    *(_bit, _nasty, _nasty, _cell, _cell, _cell, _lines, _end, _encoded)
]


def read(path: Path, scratch: Path) -> Iterator[tuple[str, int, int]]:
    """Kind of each table in a file, its rows, and the rows its reader accounts for."""
    for k, found in enumerate(scan_path(path, path.parent, scratch / "unpacked")):
        for scan in as_tables(found, scratch / f"tables-{k}"):
            yield _read(recognise(scan), scratch)


def _read(found: Recognised, scratch: Path) -> tuple[str, int, int]:
    if found.export is None and not found.small:
        return "unknown", 0, 0
    if found.document is not None:
        told = _kept(found, scratch)
        return found.kind, told.rows_read, told.rows_kept + sum(told.rows_dropped.values())
    table = split_rows(
        as_utf8(found.scan, scratch / "text.txt").read_text("utf-8-sig", errors="replace"),
        file="f",
        delimiter=found.delimiter,
        quoted=found.quoted,
        header_line=found.first_line,
    )
    if found.export is not None:
        cells, dropped, *_ = careful_rows(table, found.export, None)
        return found.kind, len(table.rows), len(cells) + sum(map(len, dropped.values()))
    told = _kept(found, scratch)
    # A comment that a line end tore apart is one row again.
    return found.kind, len(table.rows), told.rows_read + told.details.get("continuation_lines", 0)


def _kept(found: Recognised, scratch: Path) -> Read:
    """What a small file says, after it could be written as the cache does."""
    told = read_small(found, scratch, None)
    for frame in told.tables().values():
        frame.to_parquet(scratch / "table.parquet")
    return told


def run(first: int, n: int) -> Told:
    """Read the mutants numbered `first` to `first` + `n`, the kinds in turn."""
    told = Told()
    with tempfile.TemporaryDirectory() as held:
        sound = seeds(Path(held) / "seeds")
        for number in range(first, first + n):
            name, content = sound[number % len(sound)]
            home = Path(held) / "mutant"
            home.mkdir(exist_ok=True)
            path = home / "file.txt"
            damaged = mutant(content, random.Random(f"{number} {name}"))
            path.write_bytes(as_workbook(damaged) if name.endswith(BOOK) else damaged)
            with tempfile.TemporaryDirectory(dir=held) as scratch:
                one(told, f"mutant {number} of {name}", path, Path(scratch))
    return told


def one(told: Told, which: str, path: Path, scratch: Path) -> None:
    try:
        tables = list(read(path, scratch))
    except OdrError as error:
        told.ends[type(error).__name__] += 1
    except Exception:  # noqa: BLE001  anything else is what is looked for
        told.ends["FAILED"] += 1
        told.failures.append(f"{which}:\n{traceback.format_exc(limit=-4)}")
    else:
        told.ends["read"] += 1
        for kind, rows, accounted in tables:
            told.kinds[kind] += 1
            if rows != accounted:
                told.failures.append(f"{which}: {kind} has {rows} rows, {accounted} accounted for")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int, nargs="?", default=2000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    asked = parser.parse_args()
    told = run(asked.first, asked.n)
    sys.stdout.write("\n".join(told.lines()) + "\n")
    sys.exit(bool(told.failures))


if __name__ == "__main__":
    main()
