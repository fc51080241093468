"""The forecast on generated accounts.

python -m benchmarks.forecast --accounts 60 --only 5000 rate-x2
python -m benchmarks.forecast --only 5000 calm --seeds final --json 5000-calm.json
python -m benchmarks.forecast --read *.json --picture pit.png
"""

from __future__ import annotations

import argparse
import sys
from itertools import count
from pathlib import Path

import pandas as pd

from benchmarks.forecast.accounts import SEEDS, VOLUMES
from benchmarks.forecast.judge import CELLS, SHORT, Toolkit, judge
from benchmarks.forecast.standins import Oracle, Persistence
from benchmarks.forecast.table import figures, printed, summary
from benchmarks.forecast.world import SCENARIOS

MODELS = {"toolkit": Toolkit, "oracle": Oracle, "persistence": Persistence}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--accounts", type=int, default=600, help="accounts of each cell")
    parser.add_argument(
        "--first", type=int, default=0, metavar="N", help="number of the first, of each generator"
    )
    parser.add_argument("--seeds", choices=SEEDS, default="dev", help="final: for publication only")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="orders in 60 days, scenarios"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="file for every score")
    parser.add_argument(
        "--read", nargs="+", type=Path, metavar="FILE", help="such files, nothing is run again"
    )
    parser.add_argument("--picture", type=Path, metavar="FILE", help="PNG of PIT histograms")
    parser.add_argument("--model", choices=MODELS, default="toolkit")
    parser.add_argument("--detail", action="store_true", help="each generator, and biases")
    given = parser.parse_args()
    words, known = set(given.only), {*SCENARIOS, SHORT, *map(str, VOLUMES)}
    if unknown := words - known:
        parser.error(f"--only: {', '.join(sorted(unknown))} is not one of {', '.join(known)}")
    if given.read:
        parts = [pd.read_json(file, orient="records", lines=True) for file in given.read]
        rows = pd.concat(parts, ignore_index=True)
    else:
        volumes = words & set(map(str, VOLUMES)) or set(map(str, VOLUMES))
        names = words - volumes or {*SCENARIOS, SHORT}
        cells = [c for c in CELLS if str(c.orders) in volumes and c.name in names]
        total, number = len(cells) * given.accounts, count(1)

        def done() -> None:
            if (n := next(number)) % 20 == 0:
                print(f"\r{n} of {total} accounts", end="", file=sys.stderr, flush=True)

        rows = judge(
            MODELS[given.model](),
            cells,
            given.accounts,
            given.seeds,
            given.jobs,
            given.first,
            done,
        )
        print(file=sys.stderr)
    if given.json:
        rows.to_json(given.json, orient="records", lines=True)
    if given.picture:
        from benchmarks.forecast.picture import pit_histograms

        pit_histograms(rows).savefig(given.picture, dpi=120)
    print(printed(figures(rows)))
    if given.detail:
        print(summary(rows).to_string())


if __name__ == "__main__":
    main()
