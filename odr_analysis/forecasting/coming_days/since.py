"""What is known of the days after those the delay model is fitted to, where a kind ends early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from odr_analysis import terms
from odr_analysis.arrays import Floats
from odr_analysis.forecasting.delay_model.split import MASKS, Kinds
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.rates.defect_days import HAS_COMPONENT
from odr_analysis.rates.rolling import day_number


@dataclass(frozen=True, eq=False)
class Since:
    """What is known of one series after the last day on which every kind of report is known.

    Of one day at least.

    Attributes
    ----------
    series : SeriesDelays
        As known on the day looked ahead from.
    unknown : float array [day, bin]
        Of the first reports of each day from the first such day to the one looked ahead from, by
        the bin of their lag: the share no file has.
    """

    series: SeriesDelays
    unknown: Floats

    @classmethod
    def of(cls, then: SeriesDelays, now: SeriesDelays, reported: Mapping[str, date]) -> Since:
        """From what was known on the two days.

        Parameters
        ----------
        then, now : SeriesDelays
            On the last day on which every kind is known, and on the day looked ahead from.
        reported : mapping of str to datetime.date
            The last day on which each kind of report is known.

        Notes
        -----
        A defect is known where one of the kinds first reported is. An order whose first report is
        unknown and that then gets a known one counts as both: the estimate is a little high.
        """
        first = Kinds.of(then).first
        share = first / first.sum(axis=1, keepdims=True)
        days = np.arange(then.today + 1, now.today + 1)[:, None]
        last = np.array([day_number(reported[c]) for c in terms.COMPONENTS])
        hidden = ~((days <= last)[:, None] & HAS_COMPONENT[MASKS]).any(axis=2)
        unknown: Floats = hidden.astype(np.float64) @ share.T
        return cls(now, unknown)

    @property
    def placed(self) -> Floats:
        """Orders placed on each of these days, [day]."""
        found = np.zeros(len(self.unknown))
        n_orders = self.series.n_orders[-len(found) :]
        found[len(found) - len(n_orders) :] = n_orders
        return found
