"""The forecast on generated accounts.

python -m benchmarks.forecast --accounts 60 --only 5000 rate-x2
python -m benchmarks.forecast --seeds final --json scores.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.forecast.accounts import SEEDS, VOLUMES
from benchmarks.forecast.judge import Cell, Toolkit, judge
from benchmarks.forecast.table import summary
from benchmarks.forecast.world import SCENARIOS


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--accounts", type=int, default=600, help="accounts of each cell")
    parser.add_argument("--seeds", choices=SEEDS, default="dev", help="final: for publication only")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="orders in 60 days, scenarios"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="file for every score")
    given = parser.parse_args()
    words = set(given.only)
    if unknown := words - set(SCENARIOS) - set(map(str, VOLUMES)):
        parser.error(f"--only knows {', '.join([*SCENARIOS, *map(str, VOLUMES)])}, not {unknown}")
    scenarios = [s for s in SCENARIOS if s in words] or list(SCENARIOS)
    volumes = [v for v in VOLUMES if str(v) in words] or list(VOLUMES)
    cells = [Cell(s, v) for v in volumes for s in scenarios]
    scores = judge(Toolkit(), cells, given.accounts, given.seeds, given.jobs)
    if given.json:
        scores.to_json(given.json, orient="records", lines=True)
    print(summary(scores).to_string())


if __name__ == "__main__":
    main()
