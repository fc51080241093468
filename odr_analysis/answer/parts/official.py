"""Amazon's own number beside ours: the section of the page."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.parts.reconcile import fit_lines, official_table, reconciled_line
from odr_analysis.answer.sections import Official
from odr_analysis.reconciliation.blocks import blocks_of
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.reconcile import reconcile
from odr_analysis.reconciliation.side_by_side import UNCOVERED, side_by_side


def official(account: Account) -> Official:
    """The account held against Amazon's performance reports.

    The table is the history of all reports known, each once
    (``Account.snapshot_history``). Rules are searched for those among the files only: they
    speak of the same days, and each further report would take as long again.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> len(official(load_sample()).table)
    0
    """
    history = account.snapshot_history
    blocks, notes = blocks_of(history)
    own, _ = blocks_of(account.snapshots)
    if own or not blocks:
        found = reconcile(account)
    else:
        found = reconcile(account, history[history.file == blocks[-1].file])
    # Side by side the counts stand in the table, and the command line lists single orders.
    told, table = (fit_lines(found) if len(found.counts) else []), official_table(found)
    stated = {block.says for block in own}
    if any(block.says not in stated for block in blocks):
        counts = side_by_side(account, Grid.of(account, blocks))
        table = official_table(replace(found, counts=counts))
        earlier = [block.says not in stated for block in blocks]
        told = [*told, _earlier_line(counts[earlier])]
    lines = dict.fromkeys((*told, *found.notes, *notes))
    return Official(reconciled_line(found), tuple(lines), table, found)


def _earlier_line(counts: pd.DataFrame) -> str:
    """What a reader should know of the reports that only earlier deliveries held."""
    days = counts.day.dt.date
    n = words.counted(counts.file.nunique(), "report is", "reports are")
    when = words.span(days.min(), days.max()) if days.nunique() > 1 else words.day(days.min())
    said = f"{n} of earlier deliveries of the archive ({when})"
    if (counts.why_not_searched == UNCOVERED).any():
        said += "; where these files no longer reach their days, they have too few orders"
    return f"{said}."
