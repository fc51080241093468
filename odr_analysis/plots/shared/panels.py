"""Room of a figure of several panels: its size, its panels, and the title above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from odr_analysis import style
from odr_analysis.plots.shared.common import wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOT = 72.0
"""Pixels per inch: sizes below are pixels on the page and points in the figure."""

TITLE_LINE = 26.0
"""Height of a line of the title, in pixels."""


@dataclass(frozen=True)
class Room:
    """Room of a figure of panels, in pixels.

    Attributes
    ----------
    width : float
        Of the whole.
    panel : float
        Height of a panel.
    left, right, foot : float
        Beside and below the panels.
    key : float
        Height of a row of the key.
    line : float
        Height of the title of a panel.
    across, down : float
        Between two panels.
    letters : int
        Of the title, in a line.
    """

    width: float
    panel: float
    left: float
    right: float
    key: float
    line: float
    foot: float
    across: float
    down: float
    letters: int

    def give(self, figure: Figure, panels: int, columns: int, key_rows: int, title: str) -> None:
        """Give every panel of `figure` its room, and write the title ('' for none) above them.

        What stands above the panels has room of its own: the figure becomes as high as it all
        takes.
        """
        down = -(-panels // columns)
        text = wrapped(title, self.letters)
        lines = text.count("\n") + 1 if text else 0
        top = TITLE_LINE * lines + 8 + self.key * key_rows + self.line
        height = top + down * self.panel + (down - 1) * self.down + self.foot
        figure.set_size_inches(self.width / DOT, height / DOT)
        width = (self.width - self.left - self.right - (columns - 1) * self.across) / columns
        figure.subplots_adjust(
            left=self.left / self.width,
            right=1 - self.right / self.width,
            top=1 - top / height,
            bottom=self.foot / height,
            wspace=self.across / width,
            hspace=self.down / self.panel,
        )
        if text:
            figure.suptitle(
                text,
                x=8 / self.width,
                y=1 - 6 / height,
                ha="left",
                va="top",
                fontsize=style.TEXT + 2,
                fontweight="bold",
                # Names from the exports are not formulas, whatever $ they hold.
                parse_math=False,
            )


WIDE = Room(900, 150, 46, 16, 20, 24, 26, 40, 52, letters=84)
NARROW = Room(330, 120, 40, 10, 17, 24, 24, 0, 46, letters=30)
