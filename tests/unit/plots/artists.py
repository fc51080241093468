"""Finding what a figure has drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def axes(width: float = 6.4, height: float = 4.8) -> Axes:
    """Empty axes that measure text as a page would."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def drawn(ax: Axes, gid: str) -> Any:
    """The one artist that carries this ``gid``."""
    found = [a for a in ax.get_children() if a.get_gid() == gid]
    assert len(found) == 1, f"{len(found)} artists {gid}"
    return found[0]


def has(ax: Axes, gid: str) -> bool:
    """Whether any artist carries this ``gid``."""
    return any(a.get_gid() == gid for a in ax.get_children())


def named(artists: list[Artist], kind: str) -> dict[str, Any]:
    """What follows the kind in the gid of each artist of it."""
    return {
        gid.removeprefix(f"{kind}-"): a
        for a in artists
        if (gid := a.get_gid() or "").startswith(f"{kind}-")
    }


def titled(ax: Axes) -> str:
    """The title as one line; narrow figures break it."""
    return " ".join(ax.get_title(loc="left").split())
