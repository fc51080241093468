"""A batch beside a shell loop of papermill and nbconvert, its memory, and what kills do to it.

    python -m benchmarks.batch                       all parts at the size of the project's claims
    python -m benchmarks.batch speed --accounts 100 --orders 5000
    python -m benchmarks.batch memory --few 50 --many 1000
    python -m benchmarks.batch kills --times 50
    python -m benchmarks.batch broken --accounts 100

Wall time says most on an idle machine. CPU seconds and memory are those of the whole tree of
processes, looked at twice a second; memory shared between processes counts in part (PSS).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import psutil

from odr_analysis import write_sample
from odr_analysis.reports.report_request import REPORT, notebook_path

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
DAY = "2026-09-30"
PARTS = ("speed", "memory", "kills", "broken")
LOOP = """
set -e
for folder in {folders}; do
  out={out}/$(basename "$folder"); mkdir -p "$out"
  {python} -m papermill {notebook} "$out/report.ipynb" -k python3 --no-progress-bar \
    --log-level ERROR -p folder "$folder" -p as_of {day} -p today {day}
  {python} -m jupyter nbconvert --to html --log-level ERROR "$out/report.ipynb"
done
"""


class Run(NamedTuple):
    """One finished command with all it started."""

    wall: float
    cpu: float
    peak: float
    code: int
    output: str


class Watch(Thread):
    """CPU seconds and peak memory of a process and all below it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._top, self._over = psutil.Process(pid), Event()
        self._cpu: dict[tuple[int, float], float] = {}
        self.peak = 0

    def run(self) -> None:
        while not self._over.wait(0.5):
            memory = 0
            with suppress(psutil.Error):
                for process in (self._top, *self._top.children(recursive=True)):
                    with suppress(psutil.Error):
                        times = process.cpu_times()
                        key = (process.pid, process.create_time())
                        self._cpu[key] = times.user + times.system
                        memory += process.memory_full_info().pss
            self.peak = max(self.peak, memory)

    def end(self) -> None:
        self._over.set()
        self.join()

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())


def run(command: list[str], **environment: str) -> Run:
    """Run a command to its end and take its measure."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, **environment}, cwd=ROOT
        )
        watch = Watch(process.pid)
        watch.start()
        process.wait()
        watch.end()
        out.seek(0)
        output = out.read()
    wall = time.perf_counter() - began
    return Run(wall, watch.cpu, watch.peak / 2**20, process.returncode, output)


def exports_of(accounts: int, orders: int) -> list[Path]:
    """Folders of generated sellers, written once; 0 orders stands for the tiny one."""
    home = DATA / f"accounts-{orders}"
    folders = [home / f"{n:04}" for n in range(accounts)]
    for n, folder in enumerate(folders):
        if not (folder / "truth.json").is_file():
            kind = {"orders": orders} if orders else {"scenario": "tiny"}
            write_sample(folder, seed=n, **kind)
    return folders


def accounts_file(folders: list[Path], place: Path) -> Path:
    lines = [f'[[account]]\nname = "{f.name}"\nfolder = {json.dumps(str(f))}\n' for f in folders]
    (place / "accounts.toml").write_text("".join(lines))
    return place / "accounts.toml"


def batch(file: Path, out: Path, *more: str) -> list[str]:
    started = [sys.executable, "-m", "odr_analysis.cli", "batch", str(file), "--out", str(out)]
    return [*started, "--as-of", DAY, "--quiet", *more]


def speed(accounts: int, orders: int, looped: int, rounds: int) -> None:
    """Reports a minute: one worker, two, and the shell loop over some of the same accounts."""
    folders = exports_of(accounts, orders)
    print(f"\n{accounts} accounts of {orders:,} orders; the shell loop over {looped} of them")
    found: dict[str, list[Run]] = {"loop": [], "1 worker": [], "2 workers": []}
    with tempfile.TemporaryDirectory() as scratch:
        for n in range(rounds):
            place = Path(scratch) / str(n)
            place.mkdir()
            file = accounts_file(folders, place)
            loop = LOOP.format(
                folders=" ".join(f"'{f}'" for f in folders[:looped]),
                out=place / "loop",
                python=sys.executable,
                notebook=notebook_path(REPORT),
                day=DAY,
            )
            found["loop"].append(run(["sh", "-c", loop], ODR_CACHE=str(place / "cache")))
            for jobs in (1, 2):
                command = batch(file, place / f"out{jobs}", "--jobs", str(jobs))
                found[f"{jobs} worker{'s' * (jobs > 1)}"].append(run(command))
    rates: dict[str, float] = {}
    for name, runs in found.items():
        if bad := [one.output for one in runs if one.code]:
            raise SystemExit(f"{name} failed: {bad[0][-2000:]}")
        n = looped if name == "loop" else accounts
        wall = statistics.median(one.wall for one in runs) / n
        cpu = statistics.median(one.cpu for one in runs) / n
        rates[name] = 1 / wall
        print(
            f"  {name:<9} {60 / wall:6.1f} reports a minute  {wall:6.2f} s wall and {cpu:6.2f} s "
            f"CPU a report, peak {max(one.peak for one in runs):,.0f} MB"
        )
    print(
        f"  2 workers to loop {rates['2 workers'] / rates['loop']:.1f}x (target 5), 2 workers to 1 "
        f"{rates['2 workers'] / rates['1 worker']:.2f}x (target 1.7)"
    )


def memory(few: int, many: int) -> None:
    """Peak of a batch of few small accounts, and of many."""
    print(f"\nPeak memory of a batch of {few} and of {many} small accounts, 2 workers")
    peaks = []
    for n in (few, many):
        with tempfile.TemporaryDirectory() as scratch:
            file = accounts_file(exports_of(n, 0), Path(scratch))
            done = run(batch(file, Path(scratch) / "out", "--jobs", "2"))
        if done.code:
            raise SystemExit(done.output[-2000:])
        peaks.append(done.peak)
        print(f"  {n:>6,} accounts {done.peak:,.0f} MB, {done.wall / n:.2f} s wall a report")
    print(f"  {peaks[1] / peaks[0]:.2f}x (target 1.2)")


def told_by(out: Path, folders: list[Path]) -> dict[str, bytes]:
    """Every file of every report that holds no time of its run."""
    names = ("summary.json", "report.html", "defective-orders.csv")
    places = [out / "accounts" / folder.name for folder in folders]
    return {f"{p.name}/{name}": (p / name).read_bytes() for p in places for name in names}


def kills(times: int, accounts: int) -> None:
    """A batch killed (-9) at random moments, then run to its end, against an undisturbed one."""
    folders = exports_of(accounts, 0)
    chosen = random.Random(1)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        file = accounts_file(folders, place)
        whole = run(batch(file, place / "whole", "--jobs", "2"))
        expected, killed, rerun = told_by(place / "whole", folders), 0, 0
        while killed < times:
            out = place / f"out{rerun}"
            for _ in range(min(5, times - killed)):
                # Each goes on where the one before was killed.
                with subprocess.Popen(
                    batch(file, out, "--jobs", "2"),
                    cwd=ROOT,
                    stdout=subprocess.DEVNULL,
                    # What processes say when the one they work for is gone.
                    stderr=subprocess.DEVNULL,
                ) as process:
                    time.sleep(chosen.uniform(0, whole.wall))
                    killed += process.poll() is None
                    process.send_signal(signal.SIGKILL)
            done = run(batch(file, out, "--jobs", "2"))
            rerun += 1
            if done.code or told_by(out, folders) != expected:
                raise SystemExit(f"after {killed} kills a report differs: {done.output[-2000:]}")
            print(f"  {killed} of {times} kills: no report differs", flush=True)
    print(
        f"\n{killed} kills (-9) at random moments, {rerun} runs after them: all {accounts} reports "
        "whole and equal to those of an undisturbed run each time"
    )


def broken(accounts: int) -> None:
    """As many bad accounts as good ones."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        bad = [place / "bad" / f"bad-{n:03}" for n in range(accounts)]
        for n, folder in enumerate(bad):
            if n % 3:  # every third is not there at all
                folder.mkdir(parents=True)
                (folder / "orders.txt").write_text("not an export" if n % 3 == 1 else "")
        mixed = [f for pair in zip(exports_of(accounts, 0), bad, strict=True) for f in pair]
        done = run(batch(accounts_file(mixed, place), place / "out", "--jobs", "2"))
        index = json.loads((place / "out/index.json").read_text("utf-8"))
    failed = [one for one in index["accounts"] if one["status"] == "failed"]
    made = [one for one in index["accounts"] if one["status"] == "made"]
    plain = [one for one in failed if one["reason"] and "Traceback" not in one["reason"]]
    print(
        f"\n{accounts} bad accounts among {accounts} good ones: {len(made)} reports, {len(plain)} "
        f"plain reasons, exit code {done.code}, {done.wall:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--looped", type=int, default=10, help="accounts of the shell loop")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--many", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=50)
    given = parser.parse_args()
    chosen = given.parts or PARTS
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}")
    if "speed" in chosen:
        speed(given.accounts, given.orders, min(given.looped, given.accounts), given.rounds)
    if "memory" in chosen:
        memory(given.few, given.many)
    if "kills" in chosen:
        kills(given.times, 6)
    if "broken" in chosen:
        broken(given.accounts)


if __name__ == "__main__":
    main()
