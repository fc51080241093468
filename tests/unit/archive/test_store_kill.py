"""The archive under writers that are killed, and under two writers at once.

``python -m tests.unit.archive.test_store_kill 500 50`` kills at 500 points, lets two writers meet
50 times and prints its counts; the suite does the same with fewer. Writers are forked from a
process that has imported all they need and has started no thread, so that a trial takes no
longer than its work. What a store holds is loaded and compared once for each content it comes
to have: two that are the same to the byte load the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from odr_analysis import archive_folder, load_account
from odr_analysis.account import TABLES as SMALL
from odr_analysis.archive.store import MAKING, QUARANTINE, Store
from odr_analysis.exports.orders import queries
from odr_analysis.scratch import LOCK
from tests.downloads import claims, feedback, fill, oid, orders, table
from tests.unit.archive.processes import done, ended, forked, watched

ROOT = Path(__file__).parents[3]
ONE, TWO = date(2026, 6, 1), date(2026, 6, 8)
TABLES = (*SMALL, "orders", "items")
NEEDED = ("archive.source", "archive.events", "exports.folder", "exports.account_tables")


def test_writers_that_are_killed_or_meet_lose_nothing() -> None:
    told = run("12", "3")
    assert "12 kill points: 12 stores opened, 0 lost, 0 doubled" in told, told
    for scenario in SCENARIOS:
        assert re.search(rf"{scenario}: [1-9]\d* killed", told), told
    assert "3 rounds of two writers: 3 stores opened, 0 lost, 0 doubled" in told, told


def run(*how: str) -> str:
    """What this module prints when run as a program."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, *how], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# What is archived


def make_days(base: Path) -> dict[date, Path]:
    """Two days of a small account: orders come and change, feedback goes, claims appear."""
    first = orders(12)
    second = [
        {**row, "order-status": "Cancelled"} if n % 3 == 0 else row
        for n, row in enumerate(orders(17))
    ]
    told = [("2026-05-01", "1", "late", oid(3)), ("2026-05-03", "2", "broken", oid(4))]
    claimed = claims([(oid(1), "2026-05-09", "granted"), (oid(2), "2026-05-10", "pending")])
    return {
        ONE: fill(base / "one", {"o.txt": table(first), "f.txt": feedback(told)}),
        TWO: fill(
            base / "two",
            {
                "o.txt": table(second),
                "f.txt": feedback(told[:1]),
                "c.csv": claimed,
            },
        ),
    }


def state_of(account: Any) -> dict[str, Any]:
    tables = {name: getattr(account, name) for name in TABLES}
    return {**tables, "receipt": account.receipt.to_dict(), "known_to": account.known_to}


def tree(root: Path) -> dict[str, bytes]:
    found = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not name.startswith((MAKING, QUARANTINE)):
            found[name] = path.read_bytes()
    return found


def held(store: Path) -> list[date]:
    """Days the store has deliveries of; each is whole, and so is all it refers to."""
    kept = Store(store)
    places = kept.deliveries()
    for place in places:
        for file in kept.delivery(place)["files"]:
            assert kept.object(file["object"]) is not None
    return [place.on for place in places]


# Killed


class Trials:
    """Archiving in three situations, each killed and looked at."""

    def __init__(self, base: Path):
        self.base = base
        self.days = make_days(base)
        self.loaded = base / "loaded"
        self.loaded.mkdir()
        expected = base / "expected.pickle"
        done(partial(self._prepare, expected))
        self.expected, questions = pickle.loads(expected.read_bytes())
        # Put into words here, where no engine runs, so that no fork need do it again.
        for question in questions:
            queries.in_words(*question)
        self.moments: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        for name in SCENARIOS:
            self.moments[name], self.seconds[name] = self._measured(name)

    def _prepare(self, expected: Path) -> None:
        questions: list[tuple[Any, ...]] = []
        in_words = queries.in_words

        def noted(*question: Any) -> Any:
            questions.append(question)
            return in_words(*question)

        queries.in_words = noted
        told = {
            day: state_of(load_account(folder, cache=None)) for day, folder in self.days.items()
        }
        for name in SCENARIOS:
            store = self.base / "ready" / name
            store.mkdir(parents=True)
            if name != "first":
                archive_folder(self.days[ONE], store, ONE)
            if name == "mending":
                (delivery,) = store.glob("deliveries/*/*.json")
                broken = json.loads(delivery.read_text())["files"][1]["object"]
                os.truncate(store / "objects" / broken / "ledger.parquet", 100)
                left = store / MAKING / "left"
                left.mkdir()
                (left / "ledger.parquet").write_bytes(b"half of a")
                for path in (left / "ledger.parquet", left):
                    os.utime(path, (0, 0))
        archive_folder(self.days[TWO], self.base / "other", TWO)
        expected.write_bytes(pickle.dumps((told, dict.fromkeys(questions))))

    def copy(self, scenario: str, to: Path) -> Path:
        store = to / "archive.store"
        shutil.copytree(self.base / "ready" / scenario, store)
        return store

    def write(self, scenario: str, store: Path) -> None:
        """Archive what the scenario is about."""
        if scenario in ("first", "mending"):
            archive_folder(self.days[ONE], store, ONE)
        if scenario in ("second", "mending"):
            archive_folder(self.days[TWO], store, TWO)

    def _measured(self, scenario: str) -> tuple[int, float]:
        """Moments of a scenario, and the seconds from its first moment to its end."""
        with tempfile.TemporaryDirectory(dir=self.base) as here:
            note, store = Path(here) / "note", self.copy(scenario, Path(here))

            def measure() -> None:
                times: list[float] = []
                seen = watched(store, 0, lambda: times.append(time.monotonic()))
                self.write(scenario, store)
                note.write_text(json.dumps([seen[0], time.monotonic() - times[0]]))

            done(measure)
            n, seconds = json.loads(note.read_text())
        return n, seconds

    def trial(self, scenario: str, stop_at: int, share: float | None) -> str:
        """Archive, be killed at a moment or after a share of the time that writing takes, and
        look at what is left."""
        with tempfile.TemporaryDirectory(dir=self.base) as here:
            store = self.copy(scenario, Path(here))
            before = tree(store)
            heard, says = os.pipe()

            def work() -> None:
                watched(store, stop_at, lambda: os.write(says, b"!"))
                self.write(scenario, store)

            pid = forked(work)
            os.close(says)
            if share is not None:
                os.read(heard, 1)
                time.sleep(share * self.seconds[scenario])
                os.kill(pid, signal.SIGKILL)
            os.close(heard)
            code = ended(pid)
            assert code in (0, -signal.SIGKILL), code
            done(partial(self.look, scenario, store, before))
            return "killed" if code else "finished first"

    def look(self, scenario: str, store: Path, before: dict[str, bytes]) -> None:
        """What was there is there still; going on brings what was to come, once."""
        if scenario != "mending":
            now = tree(store)
            assert {name: now.get(name) for name in before} == before, "something was lost"
            days = held(store) if "store.json" in now else []
            assert days in (SCENARIOS[scenario][: len(days)],), days
            if days:
                self.check_known(store, None, days[-1])
        self.write_on(scenario, store)
        assert held(store) == SCENARIOS[scenario]
        after = tree(store)
        for day in SCENARIOS[scenario]:
            self.check_known(store, day, day)
        self.write_on(scenario, store)
        assert tree(store) == after, "the same files changed something"

    def write_on(self, scenario: str, store: Path) -> None:
        for day in SCENARIOS[scenario]:
            archive_folder(self.days[day], store, day)

    def check_known(self, store: Path, asked: date | None, day: date) -> None:
        """The store knows on the day `asked` exactly what a load of the files of `day` gave.

        Every row is compared for each content that a store comes to have, orphans included.
        """
        content = hashlib.sha256()
        for name, data in sorted(tree(store).items()):
            content.update(f"{name} {len(data)}\n".encode())
            content.update(data)
        mark = self.loaded / f"{content.hexdigest()} {asked} {day}"
        if mark.exists():
            return
        found = state_of(load_account(store, known_on=asked, cache=None))
        expected = self.expected[day]
        for name in TABLES:
            pd.testing.assert_frame_equal(found[name], expected[name], obj=name)
        assert {k: v for k, v in found.items() if k not in TABLES} == {
            k: v for k, v in expected.items() if k not in TABLES
        }
        mark.touch()


SCENARIOS: dict[str, list[date]] = {"first": [ONE], "second": [ONE, TWO], "mending": [ONE, TWO]}
"""Situation to the days its store holds in the end: a new store; one of an earlier day; and
one of an earlier day with a damaged object and what an older writer left."""


def kills(trials: Trials, n: int, seed: int) -> Counter[str]:
    """Kill `n` times, two in three at a counted moment, one in three at a random time."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    for k in range(n):
        scenario = list(SCENARIOS)[k % len(SCENARIOS)]
        share = chance.random() if k % 3 == (k // 3) % 3 else None
        stop_at = chance.randint(1, trials.moments[scenario]) if share is None else 0
        try:
            ending = trials.trial(scenario, stop_at, share)
        except AssertionError as error:
            where = f"moment {stop_at}" if share is None else f"after {share:.0%} of its time"
            raise AssertionError(f"{scenario}, {where}: {error}") from error
        counts[f"{scenario}: {ending}"] += 1
    return counts


# Two at once


def rounds(trials: Trials, n: int, seed: int) -> Counter[str]:
    """`n` rounds of two writers into one store; in every third, one of them is killed."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    for k in range(n):
        kind = ("both the same", "each its own", "one killed")[k % 3]
        with tempfile.TemporaryDirectory(dir=trials.base) as here:
            store = Path(here) / "archive.store"
            plans = [[ONE, TWO], [ONE, TWO]]
            if kind != "both the same":
                plans = [[ONE], [TWO]]
            gate = Path(here) / "gate"
            pids = [
                forked(partial(at_once, trials, plan, store, gate, chance.uniform(0, 0.1)))
                for plan in plans
            ]
            gate.touch()
            if kind == "one killed":
                time.sleep(chance.uniform(0, 2 * trials.seconds["first"]))
                os.kill(pids[0], signal.SIGKILL)
            codes = [ended(pid) for pid in pids]
            assert codes[1] == 0, codes
            assert codes[0] in ((0, -signal.SIGKILL) if kind == "one killed" else (0,)), codes
            done(partial(look_at_both, trials, store, kind))
        counts[kind] += 1
    return counts


def at_once(trials: Trials, plan: list[date], store: Path, gate: Path, wait: float) -> None:
    while not gate.exists():
        time.sleep(0.001)
    time.sleep(wait)
    for day in plan:
        archive_folder(trials.days[day], store, day)


def look_at_both(trials: Trials, store: Path, kind: str) -> None:
    days = held(store)
    if kind == "one killed":
        assert days in ([ONE, TWO], [TWO])
    else:
        assert days == [ONE, TWO], f"{kind}: {days}"
    for day in days:
        trials.check_known(store, day, day)
    before = tree(store)
    for day in days:
        assert not archive_folder(trials.days[day], store, day + timedelta(days=1)).made
    assert tree(store) == before
    # Nothing of either is left half done, but what the killed one was at.
    # That is a folder in the making, and its lock file.
    left = {path.name.removesuffix(LOCK) for path in (store / MAKING).iterdir()}
    assert len(left) <= (kind == "one killed")


def main(n_kills: int, n_rounds: int, seed: int = 2026) -> None:
    for name in NEEDED:
        import_module(f"odr_analysis.{name}")
    for name in ("duckdb", "ibis.backends.duckdb", "pyarrow.parquet"):
        import_module(name)
    with tempfile.TemporaryDirectory() as base:
        trials = Trials(Path(base).resolve())
        if n_kills:
            counts = kills(trials, n_kills, seed)
            assert sum(counts.values()) == n_kills
            lines = [
                f"{n_kills} kill points: {n_kills} stores opened, 0 lost, 0 doubled",
                *(f"  {name.replace(': ', f': {n} ', 1)}" for name, n in sorted(counts.items())),
                f"  moments: {trials.moments}",
                f"  different contents loaded and compared: {len(list(trials.loaded.iterdir()))}",
            ]
            sys.stdout.write("\n".join(lines) + "\n")
        if n_rounds:
            counts = rounds(trials, n_rounds, seed)
            lines = [
                f"{n_rounds} rounds of two writers: {n_rounds} stores opened, 0 lost, 0 doubled",
                *(f"  {kind}: {n}" for kind, n in counts.items()),
            ]
            sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
