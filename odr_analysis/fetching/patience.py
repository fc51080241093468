"""How long is waited for Amazon, and how waiting is stopped.

The library's own retry sleeps in one piece, where nobody can stop it, and knows nothing of the
rate that Amazon states; so calls are paced and repeated here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from odr_analysis.errors import OdrError

STOP = ".odr-fetch-stop"
"""File in the folder that ends a run when it appears."""
LOOK = 0.5
"""Seconds between two looks for it."""


class StoppedError(OdrError):
    """Somebody asked to stop."""


@dataclass
class Allowance:
    """Calls of one operation that Amazon allows: `burst` at once, then `rate` a second."""

    rate: float
    burst: int
    left: float = field(init=False)
    at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.left = float(self.burst)

    def wait(self, now: float) -> float:
        """Seconds until the next call, which is counted."""
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        self.left -= 1
        return max(0.0, -self.left / self.rate)


@dataclass(frozen=True)
class Patience:
    """Waiting, in seconds.

    Attributes
    ----------
    folder : pathlib.Path
        Where a file ``STOP`` ends it.
    poll, poll_most : float
        Between two questions whether a report is ready, at first and at most.
    back_off, back_off_most : float
        After a refusal, at first and at most; doubled each time.
    tries : int
        How often a call is made that is refused or fails.
    give_up : float
        After which a report that is not ready is left to a later run.
    second : float
        How long a second takes; tests have short ones.
    """

    folder: Path
    poll: float = 15.0
    poll_most: float = 120.0
    back_off: float = 5.0
    back_off_most: float = 120.0
    tries: int = 8
    give_up: float = 7200.0
    second: float = 1.0

    def check(self) -> None:
        """See that nobody asked to stop.

        Raises
        ------
        StoppedError
            The file ``STOP`` is there.
        """
        if (self.folder / STOP).exists():
            raise StoppedError(
                f"{self.folder / STOP} is there, so nothing is asked of Amazon. What was asked for "
                "is noted: remove that file and run this again to go on."
            )

    def now(self) -> float:
        """Seconds, from some moment on."""
        return time.monotonic() / self.second

    def wait(self, seconds: float) -> None:
        """Wait, and see meanwhile that nobody asked to stop."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            self.check()
            time.sleep(min(left * self.second, LOOK))
        self.check()
