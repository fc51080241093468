"""How far apart two colours are for the eye."""

from __future__ import annotations

import wcag_contrast_ratio
from matplotlib.colors import to_rgb


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2, from 1 to 21."""
    return float(wcag_contrast_ratio.rgb(to_rgb(one), to_rgb(other)))
