"""Histograms of the PIT: flat where the intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import binom

BINS = 20
TARGETS = {
    "forecast": "Shown ODR, 7 to 60 days ahead",
    "nowcast": "Defects of the window, when all are in",
}


def pit_histograms(rows: pd.DataFrame) -> Figure:
    """A histogram for each volume and target, all scenarios together.

    A hump in the middle is of intervals that are too wide, high ends are of those that are too
    narrow, and a slope is of a bias. Grey: where 9 of 10 bars are if all is right; targets of one
    account depend on each other, so somewhat more are outside.
    """
    volumes = sorted(set(rows.orders))
    figure = Figure(figsize=(3.4 * len(volumes), 4.8), layout="constrained")
    axes = figure.subplots(len(TARGETS), len(volumes), sharex=True, sharey=True, squeeze=False)
    for line, (target, title) in zip(axes, TARGETS.items(), strict=True):
        for axis, orders in zip(line, volumes, strict=True):
            which = (rows.target == target) & (rows.orders == orders)
            if target == "nowcast":
                which &= (rows.component == "union") & (rows.quantity == "mature")
            pits = rows.pit[which].to_numpy(float)
            height, edges = np.histogram(pits, bins=BINS, range=(0, 1))
            low, high = binom.ppf([0.05, 0.95], len(pits), 1 / BINS) / max(len(pits), 1) * BINS
            axis.axhspan(low, high, color="0.85", zorder=0)
            axis.stairs(height / max(len(pits), 1) * BINS, edges, fill=True)
            axis.set_title(f"{title}\n{orders:,} orders in 60 days", fontsize=9)
    for axis in axes[-1]:
        axis.set_xlabel("PIT")
    for axis in axes[:, 0]:
        axis.set_ylabel("density")
    return figure
