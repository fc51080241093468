"""How long a report may take and how much memory, looked at while it is made."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field

from odr_analysis import words
from odr_analysis.errors import MachineError, ParameterError

EVERY = 0.25
"""Seconds between two looks."""


@dataclass(frozen=True)
class Limits:
    """What one report may take; None is no limit.

    Attributes
    ----------
    seconds : float, optional
        Wall time from now on.
    memory : int, optional
        Bytes that this process and all it started may have resident, those shared with others
        counted in part (``pss``) where the system knows that, else left out (``uss``). It is looked
        at four times a second, so a process that takes much more at once meets the system's own
        limit first.
    """

    seconds: float | None = None
    memory: int | None = None
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.seconds is not None and not self.seconds > 0:
            raise ParameterError(f"--timeout must be more than 0 seconds, got {self.seconds}.")

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return self.seconds is not None or self.memory is not None

    def check(self) -> None:
        """See that none is reached.

        Raises
        ------
        MachineError
            One is; trying again would reach it again.
        """
        if self.seconds is not None and time.monotonic() - self._began > self.seconds:
            whole = self.seconds == int(self.seconds)
            allowed = words.number(self.seconds) if whole else words.significant(self.seconds)
            raise MachineError(f"The report took longer than the {allowed} s it may (--timeout).")
        if self.memory is not None and (used := memory_used()) > self.memory:
            raise MachineError(
                f"The report needed {words.megabytes(used)} of memory, more than the "
                f"{words.megabytes(self.memory)} it may (--memory)."
            )


def memory_used() -> int:
    """Bytes of memory of this process and all it started, as :class:`Limits` counts them."""
    # Only a batch asks, and the import takes a moment.
    import psutil

    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):  # it has ended
            info = process.memory_full_info()
            total += getattr(info, "pss", info.uss)
    return total
