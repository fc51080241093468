"""Index and history as files of the output folder of a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from odr_analysis.batch.index.index_days import DAYS, with_earlier
from odr_analysis.batch.index.index_files import CSV, JSON, PAGE, index_dict, index_table
from odr_analysis.batch.index.index_page import index_page
from odr_analysis.batch.index.row import Before, Row, rows_of
from odr_analysis.batch.outcome import Outcome
from odr_analysis.errors import ParameterError
from odr_analysis.save_tables import to_csv
from odr_analysis.writing import together


def write_index(out: Path, outcomes: Sequence[Outcome], before: Mapping[str, Before]) -> list[Row]:
    """Write ``index.html``, ``index.json`` and ``index.csv`` of a run, as one; returns its rows.

    Parameters
    ----------
    out : pathlib.Path
        Output folder of the batch.
    outcomes : sequence of Outcome
        Every account of the batch, of one scheduled day.
    before : mapping
        :func:`~odr_analysis.batch.index.index_files.read_before` of `out`, read before this.

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
    rows = rows_of(outcomes, before)
    known = with_earlier(out, day, rows)
    index = json.dumps(
        index_dict(rows, day, finished), indent=1, ensure_ascii=False, allow_nan=False
    )
    with together(out) as made:
        (made / PAGE).write_text(index_page(rows, known, day, finished, out), "utf-8")
        (made / JSON).write_text(f"{index}\n", "utf-8")
        to_csv(index_table(rows), made / CSV)
        known.to_parquet(made / DAYS, index=False)
    return rows
