"""Index and history as files of the output folder of a batch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from odr_analysis.batch.index.earlier_runs import FILE, Runs, before, gone, with_run
from odr_analysis.batch.index.index_days import DAYS, with_earlier
from odr_analysis.batch.index.index_files import CSV, JSON, PAGE, index_dict, index_table
from odr_analysis.batch.index.index_page import index_page
from odr_analysis.batch.index.row import Row, rows_of
from odr_analysis.batch.outcome import Outcome
from odr_analysis.errors import ParameterError
from odr_analysis.save_tables import to_csv
from odr_analysis.writing import together


def write_index(out: Path, outcomes: Sequence[Outcome], runs: Runs) -> list[Row]:
    """Write ``index.html``, ``index.json`` and ``index.csv`` of a run, as one; returns its rows.

    Parameters
    ----------
    out : pathlib.Path
        Output folder of the batch.
    outcomes : sequence of Outcome
        Every account of the batch, of one scheduled day.
    runs : mapping
        :func:`~odr_analysis.batch.index.earlier_runs.read_runs` of `out`, read before this.

    Returns
    -------
    list of Row
        Worst first.

    Raises
    ------
    ParameterError
        No outcome, or of several days.
    PlaceError, MachineError
        `out` cannot be written.
    """
    days = sorted({one.day for one in outcomes})
    if len(days) != 1:
        raise ParameterError(
            f"An index is of one scheduled day, got outcomes of {len(days)}: "
            f"{', '.join(day.isoformat() for day in days) or 'none'}."
        )
    (day,) = days
    finished = max(one.finished for one in outcomes)
    rows = rows_of(outcomes, before(runs, day))
    known = with_earlier(out, day, rows)
    index = json.dumps(
        index_dict(rows, day, finished), indent=1, ensure_ascii=False, allow_nan=False
    )
    left = gone(runs, day, {row.account for row in rows})
    page = index_page(rows, known, day, finished, out, left)
    with together(out) as made:
        (made / PAGE).write_text(page, "utf-8")
        (made / JSON).write_text(f"{index}\n", "utf-8")
        to_csv(index_table(rows), made / CSV)
        known.to_parquet(made / DAYS, index=False)
        (made / FILE).write_text(with_run(runs, rows, day), "utf-8")
    return rows
