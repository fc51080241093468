"""Extra orders that are enough with 90 %, on generated accounts: how often they are.

python -m benchmarks.whatif --accounts 40 --only 5000 g1
python -m benchmarks.whatif --seeds final --json rows.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from benchmarks.forecast.accounts import SEEDS
from benchmarks.whatif.attained import CELLS, printed, run, summary


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.whatif",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--accounts", type=int, default=250, help="accounts of each kind that need extra orders"
    )
    parser.add_argument("--seeds", choices=SEEDS, default="dev", help="final: for publication only")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="orders in 60 days, generators, ..."
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="file for every account")
    parser.add_argument(
        "--read", nargs="+", type=Path, metavar="FILE", help="such files, nothing is run again"
    )
    given = parser.parse_args()
    words = set(given.only)
    if unknown := words - {word for cell in CELLS for word in cell.words}:
        parser.error(f"--only: no accounts have {', '.join(sorted(unknown))}")
    if given.read:
        parts = [pd.read_json(file, orient="records", lines=True) for file in given.read]
    else:
        parts = []
        for cell in (c for c in CELLS if words <= c.words):
            parts.append(run(cell, given.accounts, given.seeds))
            print(printed(summary(parts[-1])), file=sys.stderr, flush=True)
            if given.json:  # After each kind, so that a long run can be stopped.
                rows = pd.concat(parts, ignore_index=True)
                rows.to_json(given.json, orient="records", lines=True)
    table = summary(pd.concat(parts, ignore_index=True))
    print(printed(table))
    sys.exit(bool(table.missed.any()))


if __name__ == "__main__":
    main()
