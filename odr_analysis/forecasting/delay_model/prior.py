"""What is believed of an account before its data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.lags import LagPrior
from odr_analysis.forecasting.delay_model.levels import LEVEL_SD

NINE_OF_TEN = 1.645
"""Standard deviations on either side of the middle of a normal distribution that hold 90 %."""


@dataclass(frozen=True)
class Prior:
    """What is believed of an account before its data.

    Attributes
    ----------
    rate : float
        Mean share of orders that become defective once all reports are in.
    lags : LagPrior
    change : float
        Probability that the rate changed lately.
    stretch : float
        Probability that the lags of the last weeks are unlike those before.
    rate_sd : float
        Standard deviation of the logarithm of the rate from account to account.
    basis : str
        What it rests on, in words.

    Raises
    ------
    ParameterError
        A number is out of its range.

    Examples
    --------
    >>> prior = Prior(rate=0.005, rate_sd=0.4)
    >>> round(prior.median, 4), [round(end, 4) for end in prior.range()]
    (0.0046, [0.0024, 0.0089])
    """

    rate: float = 0.0122
    lags: LagPrior = field(default_factory=LagPrior)
    change: float = 0.4
    stretch: float = 0.6
    rate_sd: float = LEVEL_SD
    basis: str = "this toolkit's own choice"

    def __post_init__(self) -> None:
        for name in ("rate", "change", "stretch"):
            if not 0 < getattr(self, name) < 1:
                raise ParameterError(
                    f"prior: {name} must be between 0 and 1, got {getattr(self, name)}."
                )
        if not 0 < self.rate_sd < np.inf:
            raise ParameterError(f"prior: rate_sd must be above 0, got {self.rate_sd}.")

    @property
    def median(self) -> float:
        """Rate that half of all accounts are below."""
        return float(self.rate * np.exp(-(self.rate_sd**2) / 2))

    def range(self) -> tuple[float, float]:
        """Rates between which nine of ten accounts are."""
        wide = float(np.exp(NINE_OF_TEN * self.rate_sd))
        return self.median / wide, self.median * wide
