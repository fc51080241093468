"""Forecasts without reports or orders to come, so that days ahead can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from odr_analysis.answer.known import SeriesKnown
from odr_analysis.forecasting.coming_days.marginals import Marginals


@contextmanager
def nothing_to_come() -> Iterator[None]:
    """Within it a forecast is of orders placed and defects reported alone.

    No order counts as missing, although accounts followed by hand begin when it suits them.
    """
    of = Marginals.of

    def missing(known: SeriesKnown) -> tuple[str, ...]:
        return tuple(filter(None, (each.why for each in known.components)))

    def certain(*given: Any, **named: Any) -> Marginals:
        found = of(*given, **named)
        return replace(
            found,
            pending=np.zeros_like(found.pending),
            new=np.zeros_like(found.new),
            orders=np.tile(found.known_orders, (found.fitted.n_draws, 1)),
            placed=np.zeros_like(found.placed),
            bought=np.zeros_like(found.bought),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Marginals, "of", staticmethod(certain))
        patch.setattr(SeriesKnown, "missing", property(missing))
        yield
