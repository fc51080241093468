"""Where labels stand so that none covers another."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

Place = tuple[float, float]

PLACES: tuple[tuple[str, Place], ...] = (
    ("left", (9, 0)),
    ("right", (-9, 0)),
    *(
        (side, (x, up * step))
        for step in (14, 28, 42, 56)
        for up in (1, -1)
        for side, x in (("center", 0), ("left", 5), ("right", -5))
    ),
)
"""Where a label may stand about its dot: its side, and points to the right and up; best first."""

NEAR = 14
"""Points up or down from its dot beyond which a label is tied to it by a line."""

DOT = 5
"""Points around the middle of a dot that no label may cover."""


def points_per_unit(ax: Axes) -> tuple[float, float]:
    """How many points one unit of the data takes along x and along y, on linear axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_window_extent()
    scale = 72 / figure.dpi
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return box.width * scale / abs(right - left), box.height * scale / abs(high - low)


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Places moved up as little as it takes for each to be `gap` above the one below it.

    >>> apart([1.0, 1.2, 5.0], 1.0)
    [0.6, 1.6, 5.0]
    >>> apart([3.0, 3.0], 0.5)
    [2.75, 3.25]
    """
    order = np.argsort(np.asarray(places, dtype=float), kind="stable")
    # Neighbours nearer than the gap stand together, centred on where they would be.
    groups: list[list[int]] = []
    at: list[float] = []
    for i in order.tolist():
        groups.append([i])
        at.append(float(places[i]))
        while len(groups) > 1 and at[-1] - at[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            joined = groups[-2] + groups[-1]
            groups[-2:] = [joined]
            at[-2:] = [sum(float(places[j]) for j in joined) / len(joined)]
    found = [0.0] * len(order)
    for group, middle in zip(groups, at, strict=True):
        for k, i in enumerate(group):
            found[i] = round(middle + (k - (len(group) - 1) / 2) * gap, 12)
    return found


def name_dots(
    ax: Axes,
    places: Sequence[Place],
    names: dict[int, str],
    *,
    levels: Sequence[float] = (),
    **settings: Any,
) -> dict[int, Annotation]:
    """Write names beside dots, none over another, over a dot, over a line or beyond the axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits and scales must be those of the finished figure.
    places : sequence of (float, float)
        Where the dots are, all of them, in data coordinates.
    names : dict of int to str
        Number of a dot to its name; those that come first get the best places.
    levels : sequence of float
        Heights of lines that run across the axes.
    **settings
        Of the texts.

    Returns
    -------
    dict of int to matplotlib.text.Annotation
        The names there was room for. A name that stands farther away is tied to its dot by a
        line, ``gid`` ``lead-<number>``.
    """
    from matplotlib.transforms import Bbox

    figure = ax.get_figure(root=True)
    assert figure is not None
    room, near = ax.get_window_extent(), DOT * figure.dpi / 72
    taken = [
        Bbox.from_bounds(x - near, y - near, 2 * near, 2 * near)
        for x, y in ax.transData.transform(np.reshape(places, (-1, 2)))
    ]
    left = ax.get_xlim()[0]
    for level in levels:
        y = float(ax.transData.transform((left, level))[1])
        taken.append(Bbox.from_extents(room.x0, y - 1, room.x1, y + 1))
    written: dict[int, Annotation] = {}
    for i, name in names.items():
        text = ax.annotate(
            name,
            places[i],
            xytext=PLACES[0][1],
            textcoords="offset points",
            va="center",
            # Names from the exports are no formulas, whatever $ they hold.
            parse_math=False,
            **settings,
        )
        for side, off in PLACES:
            text.set(ha=side, position=off)
            box = _extent(text)
            if _within(box, room) and not any(box.overlaps(other) for other in taken):
                break
        else:
            text.remove()
            continue
        taken.append(box)
        written[i] = text
        if abs(off[1]) > NEAR:
            line = ax.annotate(
                "",
                places[i],
                xytext=(off[0], off[1] - np.sign(off[1]) * 6),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": text.get_color(), "linewidth": 0.7},
                zorder=text.get_zorder() - 0.5,
            )
            line.set_gid(f"lead-{i}")
    return written


def _extent(text: Annotation) -> Bbox:
    """The room a text takes, as far as the font at hand can tell."""
    with warnings.catch_warnings():
        # The reader's own fonts may well have the letters this one lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        return text.get_window_extent()


def _within(box: Bbox, room: Bbox) -> bool:
    return bool(box.x0 >= room.x0 and box.x1 <= room.x1 and box.y0 >= room.y0 and box.y1 <= room.y1)
