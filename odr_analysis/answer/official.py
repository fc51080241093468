"""Amazon's own number beside ours: the section of the page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from odr_analysis.account import Account
from odr_analysis.answer.reconciled import fit_lines, official_table, reconciled_line
from odr_analysis.rates.reconcile import Reconciliation, reconcile


@dataclass(frozen=True, eq=False)
class Official:
    """What Amazon's performance reports say, and how these files compare.

    Attributes
    ----------
    sentence : str
        The newest report and ours in one sentence.
    lines : tuple of str
        What differences are made of, and the rules that fit.
    table : pandas.DataFrame
        One row per report and series, newest first; ``official_table``.
    found : Reconciliation
    """

    sentence: str
    lines: tuple[str, ...]
    table: pd.DataFrame
    found: Reconciliation


def official(account: Account) -> Official:
    """The account held against every performance report among its files.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> len(official(load_sample()).table)
    0
    """
    found = reconcile(account)
    # Side by side the counts stand in the table, and the command line lists single orders.
    told = fit_lines(found) if len(found.counts) else []
    return Official(reconciled_line(found), (*told, *found.notes), official_table(found), found)
