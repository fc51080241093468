"""Names for NumPy arrays by what they hold, for type hints."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
"""Counts, codes, or days as numbers."""

Floats = npt.NDArray[np.float64]
"""Rates, amounts or probabilities; NaN where there is none."""

Flags = npt.NDArray[np.bool_]
"""Whether something holds, one value each."""

Stamps = npt.NDArray[np.datetime64]
"""Days or times; NaT where there is none."""
