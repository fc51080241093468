"""Colours and type: one hue per component everywhere, in a light and a dark theme.

Components also differ in lightness, so that they stay apart in grey print and for readers who
see few hues. Two kinds of defect on one order are drawn as the one with stripes of the other.
The theme is data; pages get it as CSS variables and matplotlib as rcParams.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LIGHT: dict[str, str] = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "ink": "#1b1f24",
    "muted": "#59636f",
    "line": "#dde1e6",
    "faint": "#eef1f4",
    "window": "#dfe6ee",
    "orders": "#7d8894",
    "orders_out": "#c3cad2",
    "link": "#1a5fb4",
    "feedback": "#2a6ab2",
    "claim": "#d67a1f",
    "chargeback": "#0d2b2e",
    "limit": "#b3261f",
    "early": "#7a5200",
    "healthy": "#1b6e3c",
    "healthy_soft": "#e6f4ea",
    "warning": "#7a5201",
    "warning_soft": "#fdf1d7",
    "critical": "#b3261e",
    "critical_soft": "#fce8e6",
    "unknown": "#5b3f98",
    "unknown_soft": "#efeaf9",
    "no_data": "#58626e",
    "no_data_soft": "#eceff2",
}
"""Role to colour on a light ground. Every value is used once, so a drawing can be re-themed."""

DARK: dict[str, str] = {
    "page": "#14171c",
    "card": "#1c2027",
    "ink": "#e8eaed",
    "muted": "#a6afba",
    "line": "#353b45",
    "faint": "#262b33",
    "window": "#2c3440",
    "orders": "#8b96a3",
    "orders_out": "#48515c",
    "link": "#8ab8f5",
    "feedback": "#3a7fc4",
    "claim": "#f5b45f",
    "chargeback": "#e2f5f1",
    "limit": "#ff8a81",
    "early": "#efb84a",
    "healthy": "#6fcf97",
    "healthy_soft": "#17301f",
    "warning": "#f0b849",
    "warning_soft": "#352a12",
    "critical": "#ff8a80",
    "critical_soft": "#3b1c1b",
    "unknown": "#bda7f0",
    "unknown_soft": "#2b2440",
    "no_data": "#a7b0bb",
    "no_data_soft": "#2a3038",
}
"""The same roles on a dark ground."""

THEMES: dict[str, dict[str, str]] = {"light": LIGHT, "dark": DARK}

FONT_STACK = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", '
    "Arial, sans-serif"
)

TEXT, TEXT_COMPACT = 13.0, 12.6
"""Size of text in figures, wide and narrow, in points; labels are a sixth smaller."""

CELL_PAINT: dict[str, tuple[str, str | None]] = {
    "feedback_only": ("feedback", None),
    "feedback_claim": ("feedback", "claim"),
    "claim_only": ("claim", None),
    "claim_chargeback": ("claim", "chargeback"),
    "chargeback_only": ("chargeback", None),
    "feedback_chargeback": ("chargeback", "feedback"),
    "all_three": ("claim", "card"),
}
"""Exclusive cell to (fill, stripes), from the bottom of a stack to its top."""

HATCH = "////"


def theme_of(name: str) -> dict[str, str]:
    """Colours of a theme by its name.

    Raises
    ------
    KeyError
        `name` is neither ``light`` nor ``dark``.
    """
    return THEMES[name]


def css_variables(theme: dict[str, str]) -> str:
    """A theme as CSS declarations.

    >>> css_variables({"no_data": "#123456"})
    '--odr-no-data:#123456;'
    """
    return "".join(f"--odr-{role.replace('_', '-')}:{value};" for role, value in theme.items())


def rc_params(theme: dict[str, str], size: float = TEXT) -> Any:
    """matplotlib settings of a theme, as a dict; `size` is the size of text in points."""
    return {
        "font.size": size,
        "axes.titlesize": size + 2,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlecolor": theme["ink"],
        "axes.facecolor": theme["card"],
        "axes.edgecolor": theme["line"],
        "axes.labelcolor": theme["muted"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "figure.facecolor": theme["card"],
        "text.color": theme["ink"],
        "xtick.labelsize": "small",
        "ytick.labelsize": "small",
        "xtick.color": theme["line"],
        "ytick.color": theme["line"],
        "xtick.labelcolor": theme["muted"],
        "ytick.labelcolor": theme["muted"],
        "ytick.major.size": 0,
        "xtick.major.size": 3,
        "hatch.linewidth": 1.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "odr",
    }


@contextmanager
def drawing(theme: str = "light", size: float = TEXT) -> Iterator[dict[str, str]]:
    """matplotlib with the settings of a theme; gives its colours.

    Parameters
    ----------
    theme : {"light", "dark"}
    size : float
        Size of text in points.
    """
    import matplotlib as mpl

    colours = theme_of(theme)
    ours = rc_params(colours, size)
    before = {name: mpl.rcParams[name] for name in ours}
    # Only these are put back, not all as `rc_context` does: in a notebook the first import of
    # pyplot, which may fall in here, also sets that figures show by themselves.
    mpl.rcParams.update(ours)
    try:
        yield colours
    finally:
        mpl.rcParams.update(before)
