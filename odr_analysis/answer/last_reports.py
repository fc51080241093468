"""The day up to which each kind of report is known, as far as the files can show it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.answer.known import KNOWN, KnownBySeries
from odr_analysis.schema import of_series

LATELY_DAYS = 182
"""Days before its last report from which the usual number of a kind of report is taken."""
REMARKABLE_SILENCE = 3.0
"""A file is taken to end with its last report, or to begin with its first, where so many more would
usually have come beyond it: with as many expected, none at all comes in one case of twenty."""


def last_reports(
    account: Account, as_of: date, known: KnownBySeries
) -> dict[tuple[str, str], dict[str, date]]:
    """The last day on which each component is known, of each series; none is after `as_of`.

    A file dated by its rows may end where it was downloaded, or because nothing was reported
    since. It is taken to end with its last row where more reports would usually have come.
    """
    day = min(as_of, account.known_to)
    found = {pair: dict.fromkeys(terms.COMPONENTS, day) for pair in known}
    # Whether a file has ended is shown by all the series it covers together.
    covered: dict[tuple[str, date, tuple[str, ...]], list[tuple[str, str]]] = {}
    for pair, series in known.items():
        for part in series.components:
            if part.state == KNOWN and part.last is not None and part.last < day:
                files = tuple(source.file for source in part.sources)
                covered.setdefault((part.component, part.last, files), []).append(pair)
    for (component, last, _), pairs in covered.items():
        first = pd.Timestamp(last) - pd.Timedelta(days=LATELY_DAYS)
        lately = 0
        for pair in pairs:
            days = of_series(account.defective, *pair)[f"{component}_on"]
            lately += int(((days > first) & (days <= pd.Timestamp(last))).sum())
        if lately * (day - last).days >= REMARKABLE_SILENCE * LATELY_DAYS:
            for pair in pairs:
                found[pair][component] = last
    return found
