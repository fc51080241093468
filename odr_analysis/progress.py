"""How far long work is: what is being done, how much of it, and of how much.

Whoever does the work hands a :class:`Step` to the function it was given; only the command line
shows anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """What is being done now.

    Attributes
    ----------
    stage : str
        What is being done, for a reader; the same text through the whole stage.
    done, total : float
        How much of it, and of how much, in any unit; a total of 0 is one not known.
    note : str
        The same in words, where there are any: ``3 of 12 files``.
    """

    stage: str
    done: float = 0
    total: float = 0
    note: str = ""


Progress = Callable[[Step], None]
"""Takes each step as it begins. It may be called from several threads."""


@dataclass(frozen=True)
class StagesOnly:
    """Takes steps for one who shows where a stage begins, but not how far it is.

    Nobody then needs to find that out, which costs the engine some of its time.
    """

    take: Progress

    def __call__(self, step: Step) -> None:
        self.take(step)


silent = StagesOnly(lambda step: None)
"""For whoever does not ask."""
