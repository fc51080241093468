"""Bands corrected by how earlier forecasts of the same account turned out.

A forecast is calibrated where the truth lies anywhere among its draws with the same probability:
then its place among them, on the normal scale, is standard normal. Where places of the past have
another centre or another spread, draws to come are moved to those places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from odr_analysis.arrays import Floats, Integers

SHIFT_SD, SPREAD_SD = 0.1, 0.2
"""How far a model is believed to be off before any forecast was scored: standard deviations of the
shift, and of the logarithm of the spread. Small, so that few windows correct next to nothing; of
those tried, these did least harm to a model that was right (``benchmarks/track_record.py``)."""
MOST_SHIFT, MOST_SPREAD = 0.5, 0.4
"""The most that is corrected, of the shift and of the logarithm of the spread, either way."""
STEPS = 81
FURTHEST = 3.0
"""Normal scores further out count as this far: of some hundred draws none is further."""


@dataclass(frozen=True)
class Correction:
    """Where truths lie among draws, on the normal scale: ``shift + spread * standard normal``.

    Attributes
    ----------
    shift : float
        Above 0, truths were higher than forecast.
    spread : float
        Above 1, bands were too narrow.
    """

    shift: float = 0.0
    spread: float = 1.0

    @classmethod
    def learned(cls, pit: npt.ArrayLike, n_windows: float) -> Correction:
        """From where truths lay among their draws.

        The mean of the posterior over a grid of shifts and spreads, so that it is drawn towards
        no correction and bounded. However many values of the PIT there are, they count as
        `n_windows` of independent ones.

        Examples
        --------
        Truths of the upper half, and how much that is believed by how many windows there are:

        >>> high = np.linspace(0.5, 1, 41)
        >>> [round(Correction.learned(high, n).shift, 2) for n in (3, 30, 3000)]
        [0.02, 0.21, 0.5]
        """
        from scipy.special import ndtri

        scores = np.clip(ndtri(np.asarray(pit, float)), -FURTHEST, FURTHEST)
        shift = np.linspace(-MOST_SHIFT, MOST_SHIFT, STEPS)[:, None]
        spread = np.linspace(-MOST_SPREAD, MOST_SPREAD, STEPS)
        log = -0.5 * ((shift / SHIFT_SD) ** 2 + (spread / SPREAD_SD) ** 2)
        if len(scores):
            away = scores.var() + (scores.mean() - shift) ** 2
            log = log - n_windows * (spread + 0.5 * away * np.exp(-2 * spread))
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        return cls(float((weight * shift).sum()), float(np.exp((weight * spread).sum())))

    def stand_ins(self, draws: Floats | Integers) -> Integers:
        """For each draw, which one stands in for it.

        The larger a draw, the larger its stand-in. Every stand-in is a draw, so that whatever
        holds in each draw (whole numbers, the certain part, kinds of defect beside their union)
        holds as before where whole draws are put in the place of others.

        Examples
        --------
        >>> draws = np.array([30, 10, 20, 50, 40])
        >>> draws[Correction(shift=0.5).stand_ins(draws)].tolist()
        [40, 20, 30, 50, 50]
        >>> draws[Correction().stand_ins(draws)].tolist()
        [30, 10, 20, 50, 40]
        """
        from scipy.special import ndtr, ndtri

        n = len(draws)
        order = np.argsort(draws, kind="stable")
        middle = ndtri((np.arange(n) + 0.5) / n)
        place = (ndtr(self.shift + self.spread * middle) * n).astype(np.int64)
        found = np.empty(n, dtype=np.int64)
        found[order] = order[np.minimum(place, n - 1)]
        return found

    def of_days(self, defective: Integers, orders: Integers) -> tuple[Integers, Integers]:
        """Draws of a forecast corrected, each day by itself: [draw, day] of both.

        The order of the draws of a day is kept, so paths stay paths: one that is high on a day and
        the next still is.

        Examples
        --------
        >>> defective, orders = np.array([[3, 1], [3, 2], [3, 4]]), np.full((3, 2), 100)
        >>> Correction(shift=1.0).of_days(defective, orders)[0].tolist()
        [[3, 2], [3, 4], [3, 4]]
        """
        if self == NO_CORRECTION:
            return defective, orders
        picked = np.tile(np.arange(len(orders))[:, None], orders.shape[1])
        for day in range(orders.shape[1]):
            # A draw in which no order counts has no rate, and stays.
            rated = np.flatnonzero(orders[:, day])
            rates = defective[rated, day] / orders[rated, day]
            picked[rated, day] = rated[self.stand_ins(rates)]
        return np.take_along_axis(defective, picked, 0), np.take_along_axis(orders, picked, 0)

    def exceeded(self, p: npt.ArrayLike) -> Floats:
        """The probability that something is exceeded, which was `p` before the correction.

        Examples
        --------
        >>> Correction(shift=0.5).exceeded([0, 0.5, 1]).round(2).tolist()
        [0.0, 0.69, 1.0]
        """
        from scipy.special import ndtr, ndtri

        if self == NO_CORRECTION:
            return np.asarray(p, float)
        found: Floats = ndtr((ndtri(np.asarray(p, float)) + self.shift) / self.spread)
        return found


NO_CORRECTION = Correction()


@dataclass(frozen=True, eq=False)
class Recalibration:
    """What the errors of earlier forecasts correct, by marketplace and channel.

    Attributes
    ----------
    ahead : mapping
        To the correction of the ODR shown on days ahead, whatever the day.
    window : mapping
        To that of the window shown today, once more reports are in.
    """

    ahead: Mapping[tuple[str, str], Correction] = field(default_factory=dict)
    window: Mapping[tuple[str, str], Correction] = field(default_factory=dict)

    def of(self, pair: tuple[str, str]) -> tuple[Correction, Correction]:
        """The corrections of a marketplace and channel, none where nothing is learned of it.

        Examples
        --------
        >>> Recalibration().of(("Amazon.de", "mfn"))[0]
        Correction(shift=0.0, spread=1.0)
        """
        return self.ahead.get(pair, NO_CORRECTION), self.window.get(pair, NO_CORRECTION)
