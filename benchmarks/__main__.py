"""`make bench`: every speed claim of the project, beside what it is compared with.

    python -m benchmarks                    all parts (needs 8 GB of disk and some minutes)
    python -m benchmarks engine --orders 100000 2000000
    python -m benchmarks reload rolling imports report forecast shift whatif panel index

Candidates alternate (A B A B ...), figures are medians, and both must give the same
counts. Memory is the peak resident set of the finished process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.make_data import make_data

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
PARTS = (
    "engine",
    "reload",
    "rolling",
    "imports",
    "report",
    "forecast",
    "shift",
    "whatif",
    "panel",
    "index",
)
ACCOUNTS = 40
"""Generated accounts of each of the 18 cells on which the forecast is scored: few minutes."""
LIMITS = {10_000_000: ("-", "800MB")}
"""Memory the engine may use, by number of orders, where more than the default (``-``) is shown."""
TARGETS = {
    100_000: "under 3 s",
    2_000_000: "wall 0.6x, peak 0.7x",
    10_000_000: "wall 0.4x, 1.5 GiB",
}


class Run(NamedTuple):
    """One finished process."""

    wall: float
    cpu: float
    peak_mib: float
    answer: dict


def run(*command: str) -> Run:
    """Run a Python process to its end and take its measure."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
        out.seek(0)
        last = out.read().strip().splitlines()[-1:] or ["{}"]
    answer = json.loads(last[0]) if last[0].startswith("{") else {}
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answer)


def median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(r, what) for r in runs)


def data_of(orders: int) -> Path:
    """The exports of a size, written once."""
    folder = DATA / str(orders)
    if not (folder / "claims.csv").is_file():
        print(f"  writing {orders:,} orders to {folder.relative_to(ROOT)} ...")
        make_data(folder, orders=orders, files=1 if orders <= 2_000_000 else 12)
    return folder


def engine(sizes: list[int], rounds: int) -> None:
    """Files to daily rates, against the pandas script."""
    print("\nFiles to daily rates, whole process; pandas = benchmarks/baseline.py")
    for orders in sizes:
        folder = data_of(orders)
        n = rounds if orders <= 2_000_000 else max(1, rounds // 2)
        pandas: list[Run] = []
        ours: dict[str, list[Run]] = {limit: [] for limit in LIMITS.get(orders, ("-",))}
        for _ in range(n):
            pandas.append(run("-m", "benchmarks.baseline", str(folder)))
            for limit, runs in ours.items():
                runs.append(run("-m", "benchmarks.toolkit", str(folder), limit))
        answers = {r.answer["digest"] for runs in (pandas, *ours.values()) for r in runs}
        if len(answers) != 1:
            raise SystemExit(f"{orders:,} orders: the answers differ: {answers}")
        target = TARGETS.get(orders, "none")
        print(f"  {orders:>10,} orders, {n} rounds, target {target}; same answer {answers.pop()}")
        print(_figures("pandas", pandas))
        for limit, runs in ours.items():
            ratios = [o.wall / p.wall for o, p in zip(runs, pandas, strict=True)]
            name = "ours" if limit == "-" else f"ours, {limit}"
            print(
                f"{_figures(name, runs)}; wall {statistics.median(ratios):.2f}x, cpu "
                f"{median(runs, 'cpu') / median(pandas, 'cpu'):.2f}x, peak "
                f"{median(runs, 'peak_mib') / median(pandas, 'peak_mib'):.2f}x"
            )


def _figures(name: str, runs: list[Run]) -> str:
    return (
        f"    {name:<12} {median(runs, 'wall'):6.2f} s wall {median(runs, 'cpu'):6.2f} s cpu "
        f"{median(runs, 'peak_mib'):5.0f} MiB"
    )


def reload(sizes: list[int], rounds: int) -> None:
    """The second load of the same files, against the first."""
    print("\nSecond load of unchanged files, against the first (seconds of load_account)")
    for orders in sizes:
        folder = data_of(orders)
        first, second = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as cache:
                first.append(run("-m", "benchmarks.toolkit", str(folder), "-", cache))
                second.append(run("-m", "benchmarks.toolkit", str(folder), "-", cache))
        a = statistics.median(r.answer["load_seconds"] for r in first)
        b = statistics.median(r.answer["load_seconds"] for r in second)
        print(
            f"  {orders:>10,} orders  first {a:.2f} s, second {b:.3f} s: {a / b:.0f}x faster "
            f"(target 10x); whole process {median(first, 'wall'):.2f} s and "
            f"{median(second, 'wall'):.2f} s"
        )


def rolling(rounds: int) -> None:
    """The window sum over a dense calendar, against pandas' rolling."""
    import pandas as pd

    from odr_analysis import rolling_sum

    accounts, days, cells = 5_000, 730, 8
    cube = np.random.default_rng(1).integers(0, 9, (days, accounts * cells), dtype=np.int32)
    part = pd.DataFrame(cube[:, : 50 * cells])
    ours, pandas = [], []
    for _ in range(max(5, rounds)):
        began = time.perf_counter()
        rolled = rolling_sum(cube, 60)
        ours.append((time.perf_counter() - began) / cube.size)
        began = time.perf_counter()
        expected = part.rolling(60, min_periods=1).sum()
        pandas.append((time.perf_counter() - began) / part.size)
    if not np.array_equal(rolled[:, : part.shape[1]], expected.to_numpy().astype(np.int32)):
        raise SystemExit("rolling sums differ")
    a, b = statistics.median(ours) * 1e9, statistics.median(pandas) * 1e9
    print(
        f"\nRolling 60 days over {accounts:,} accounts x {days} days x {cells} cells: "
        f"{a:.2f} ns a cell (target 5); pandas rolling {b:.0f} ns a cell: {a / b:.2f}x"
    )


def imports(rounds: int) -> None:
    """Importing the package, against importing pandas, each less a bare interpreter."""
    bare, ours, pandas = [], [], []
    for _ in range(max(5, rounds)):
        bare.append(run("-c", "pass").wall)
        ours.append(run("-c", "import odr_analysis").wall)
        pandas.append(run("-c", "import pandas").wall)
    base = statistics.median(bare)
    a, b = statistics.median(ours) - base, statistics.median(pandas) - base
    print(
        f"\nimport odr_analysis {a * 1e3:.0f} ms, import pandas {b * 1e3:.0f} ms: "
        f"{a / b:.2f}x (target 0.3x)"
    )


def report(rounds: int) -> None:
    """The sample's report, against papermill running a notebook of two imports."""
    import nbformat

    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.ipynb"
        cell = nbformat.v4.new_code_cell("import pandas\nimport matplotlib.pyplot")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), bare)
        ours, papermill = [], []
        for _ in range(rounds):
            papermill.append(
                run(
                    "-m",
                    "papermill",
                    str(bare),
                    f"{scratch}/out.ipynb",
                    "-k",
                    "python3",
                    "--no-progress-bar",
                )
            )
            ours.append(
                run(
                    "-m",
                    "odr_analysis.cli",
                    "report",
                    "data/sample",
                    "--no-cache",
                    "--timings",
                    "--out",
                    f"{scratch}/report",
                )
            )
    ratios = [o.wall / p.wall for o, p in zip(ours, papermill, strict=True)]
    print(
        f"\nodr report data/sample, nothing cached: {median(ours, 'wall'):.2f} s; papermill on a "
        f"notebook that imports pandas and matplotlib: {median(papermill, 'wall'):.2f} s: "
        f"{statistics.median(ratios):.2f}x (median of {rounds} pairs; target 1.3x)"
    )
    split = subprocess.run(
        [
            sys.executable,
            "-m",
            "odr_analysis.cli",
            "report",
            "data/sample",
            "--no-cache",
            "--timings",
            "--out",
            str(Path(tempfile.gettempdir()) / "odr-bench-report"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    print("  split: " + next(line for line in split.splitlines() if line.startswith("Seconds")))


def forecast() -> None:
    """Time of the forecast by orders, and its scores on generated accounts, beside the limits."""
    from benchmarks.forecast import speed
    from benchmarks.forecast.judge import CELLS, Toolkit, judge
    from benchmarks.forecast.table import figures, printed

    print("\nForecast, one core, medians of 15 runs; ! = limit missed")
    print(speed.printed(speed.measured()))
    print(
        f"\nForecast on {ACCOUNTS} accounts a cell: shares are within 0.1 of what many would give;"
        " benchmarks/forecast/RESULTS.md has the figures of many, and how to run them."
    )
    rows = judge(Toolkit(), CELLS, ACCOUNTS, jobs=os.cpu_count() or 1)
    print(printed(figures(rows)))


def shift() -> None:
    """False alarms of the shift detector, and how soon it finds a change."""
    from benchmarks.shift import shown

    print(f"\nShift or noise, {ACCOUNTS} accounts a cell; python -m benchmarks.shift has 600")
    shown(ACCOUNTS)


def whatif() -> None:
    """Whether extra orders that are enough with 90 % are enough in nine cases of ten."""
    from benchmarks.whatif.attained import CELLS, printed, run, summary

    n = ACCOUNTS // 2
    print(
        f"\nExtra orders a day for 90 %, {n} accounts that need some of each kind; ! = not within"
        " .88 to .97; benchmarks/whatif/RESULTS.md has the figures of 250, and how to run them."
    )
    for cell in CELLS:
        print(printed(summary(run(cell, n))), flush=True)


def panel() -> None:
    """A step of the what-if panel, in the kernel and in a browser, beside a full redraw."""
    from benchmarks.panel import ORDERS, measured, printed

    print("\nA slider step of the what-if panel; ! = limit missed")
    folders = {"sample": ROOT / "data" / "sample", "100,000 in 60 days": data_of(ORDERS)}
    print(printed(measured(folders)))


def index() -> None:
    """The index of thousands of accounts: its size, and how long it takes to open."""
    from benchmarks.index_page import ACCOUNTS, measured, printed

    print(f"\nThe index of {ACCOUNTS:,} accounts; ! = limit missed")
    print(printed(measured()))


def batch(rounds: int) -> None:
    """Reports of many accounts, against a shell loop; memory, kills, and broken accounts."""
    from benchmarks import batch as own

    own.speed(accounts=100, orders=5_000, looped=10, rounds=rounds)
    own.memory(few=50, many=1_000)
    own.kills(times=50, accounts=6)
    own.broken(accounts=100)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--orders", type=int, nargs="+", default=[100_000, 2_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    chosen = given.parts or PARTS
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}, "
        f"{time.strftime('%Y-%m-%d %H:%M')}"
    )
    if "engine" in chosen:
        engine(given.orders, given.rounds)
    if "reload" in chosen:
        reload([n for n in given.orders if n <= 2_000_000], given.rounds)
    if "rolling" in chosen:
        rolling(given.rounds)
    if "imports" in chosen:
        imports(given.rounds)
    if "report" in chosen:
        report(given.rounds)
    if "forecast" in chosen:
        forecast()
    if "shift" in chosen:
        shift()
    if "whatif" in chosen:
        whatif()
    if "panel" in chosen:
        panel()
    if "batch" in chosen:
        batch(given.rounds)
    if "index" in chosen:
        index()


if __name__ == "__main__":
    main()
