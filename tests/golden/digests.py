"""What every scenario of the sample gives, as short hashes: equal before and after a change that
should change nothing.

``python -m tests.golden.digests`` writes, for the sample and each scenario, one line for every
table of the account, the summary, the table of defective orders, the page and what the notebook
shows. What belongs to a run or to a version of a package is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pandas as pd

from odr_analysis import load_account, run_report, write_sample
from odr_analysis.sample import SCENARIOS

ROOT = Path(__file__).parents[2]
TABLES = ("daily", "defective", "defects", "feedback", "snapshots", "lapses", "returns")
OF_A_RUN = re.compile(r"\b[0-9a-f]{32,64}\b|\b\d+\.\d+\.\d+\S*|/[\w/.-]*odr[\w/.-]*")
"""Ids and hashes, versions, and temporary places."""


def digest(text: str) -> str:
    """The first characters of a text's hash, without what belongs to a run."""
    return hashlib.sha256(OF_A_RUN.sub("", text.replace(str(ROOT), "")).encode()).hexdigest()[:16]


def digests(folder: Path, out: Path) -> Iterator[tuple[str, str]]:
    """Name and digest of everything stated about a folder of exports."""
    account = load_account(folder, cache=None)
    for name in (*TABLES, "orders", "items"):
        table: pd.DataFrame = getattr(account, name)
        yield f"table {name}", digest(f"{table.dtypes.to_dict()}\n{table.to_csv()}")
    made = run_report(folder, out, cache=None)
    summary = {k: v for k, v in made.summary.items() if k not in ("run_id", "made", "versions")}
    yield "summary", digest(json.dumps(summary, sort_keys=True, default=str))
    yield "defective orders", digest(made.defects_file.read_text("utf-8"))
    yield "page", digest(made.page.read_text("utf-8"))
    cells = nbformat.read(made.notebook, as_version=4).cells
    outputs = [
        c.get("outputs") for c in cells if "injected-parameters" not in c.metadata.get("tags", [])
    ]
    yield "outputs", digest(json.dumps(outputs, sort_keys=True))


def main() -> None:
    """Write the digests of all scenarios, or of those named."""
    for scenario in sys.argv[1:] or ["sample", *SCENARIOS]:
        with TemporaryDirectory(prefix="odr-digests-") as place:
            folder = ROOT / "data" / "sample"
            if scenario != "sample":
                folder = Path(place) / "in"
                write_sample(folder, orders=1_500, scenario=scenario)
            for name, value in digests(folder, Path(place) / "out"):
                sys.stdout.write(f"{scenario:24} {name:20} {value}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
