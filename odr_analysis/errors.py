"""Errors and warnings a user can meet.

Every message names the file (and line, where one is at fault), what was
expected, and what to do. The command line prints it without a traceback.
"""

from __future__ import annotations

import errno
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FULL = {errno.ENOSPC, errno.EDQUOT}
"""Refusals of a disk that is full."""
OF_THE_MOMENT = FULL | {
    getattr(errno, name)
    for name in (
        *("EAGAIN", "EBUSY", "EINTR", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ESTALE"),
        *("ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH"),
        *("ENOTCONN", "EREMOTEIO", "ETIMEDOUT"),
    )
    if hasattr(errno, name)
}
"""Refusals that may pass by themselves: of a busy or full machine, a disk or a network."""
NO_ROOM = os.strerror(errno.ENOSPC)


class OdrError(Exception):
    """Base of every error a user meets; all but ``MachineError`` are faults of the input."""


class ExportError(OdrError):
    """A file cannot be used as it is.

    Parameters
    ----------
    file : str
        Name of the file as the user knows it (``archive.zip/orders.txt`` for a member).
    problem : str
        What was found, in one sentence.
    expected : str
        What would have been right, and what to do about it.
    line : int, optional
        1-based line of the file where the problem shows.
    """

    def __init__(self, file: str, problem: str, expected: str = "", line: int | None = None):
        self.file, self.problem, self.expected, self.line = file, problem, expected, line
        where = file if line is None else f"{file}, line {line:,}"
        super().__init__(f"{where}: {problem}" + (f" {expected}" if expected else ""))

    def __reduce__(self) -> tuple[type[ExportError], tuple[str, str, str, int | None]]:
        # So that it survives the way back from another process.
        return type(self), (self.file, self.problem, self.expected, self.line)


class LossBudgetError(OdrError):
    """More rows had to be dropped than the loss budget allows."""


class NoOrdersError(OdrError):
    """A folder holds no order export, so there is no denominator."""


class FrameError(OdrError):
    """Tables handed over do not fit: DataFrames, or those of a warehouse.

    ``problems`` lists every failure at once.
    """

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__(
            f"{len(problems)} problem{'s' * (len(problems) != 1)} with the given tables:\n"
            + "\n".join(f"  - {p}" for p in problems)
        )

    def __reduce__(self) -> tuple[type[FrameError], tuple[list[str]]]:
        return type(self), (self.problems,)


class ParameterError(OdrError):
    """A report parameter is unknown or has the wrong type."""


class PlaceError(OdrError):
    """A place the user named cannot be written."""


class MachineError(OdrError):
    """The machine or the program failed, not the input: a full disk, a process that was ended.

    Parameters
    ----------
    message : str
        What failed and what to do, in a sentence or two.
    details : str
        For whoever mends it, such as the traceback of another process; kept in the log.
    passing : bool
        Whether the same may work when it is tried again, with nothing mended.
    """

    def __init__(self, message: str, details: str = "", *, passing: bool = False):
        self.details, self.passing = details, passing
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., MachineError], tuple[str, str, bool]]:
        return _machine_error, (str(self), self.details, self.passing)


def _machine_error(message: str, details: str, passing: bool) -> MachineError:
    return MachineError(message, details, passing=passing)


class CannotStartError(OdrError):
    """A batch of reports could not start; no account was looked at."""


def full_disk(error: BaseException) -> MachineError | None:
    """The error to raise in place of `error` where it comes from a full disk, else None.

    Examples
    --------
    >>> import errno
    >>> full_disk(OSError(errno.ENOSPC, "No space left on device", "a"))  # doctest: +ELLIPSIS
    MachineError('a: No space left on device. Free space on this disk, or ...')
    >>> full_disk(OSError(errno.EACCES, "Permission denied"))
    """
    message = str(error)
    if getattr(error, "errno", None) not in FULL and NO_ROOM not in message:
        return None
    # The engine names the file in its own words.
    named = re.search(r'file \\?"([^"\\]+)', message)
    file = getattr(error, "filename", None) or (named and named[1])
    return MachineError(
        f"{f'{file}: ' if file else ''}{NO_ROOM}. Free space on this disk, or choose other "
        "places: ODR_CACHE for the cache, or --no-cache for none; TMPDIR for temporary files.",
        passing=True,
    )


def passes(error: BaseException) -> bool:
    """Whether the same may work when it is tried again, with nothing mended.

    Examples
    --------
    >>> passes(OSError(errno.EIO, "Input/output error")), passes(PlaceError("read-only"))
    (True, False)
    """
    if isinstance(error, MachineError):
        return error.passing
    return isinstance(error, MemoryError) or getattr(error, "errno", None) in OF_THE_MOMENT


def as_told(kind: str, message: str) -> OdrError:
    """The error another process raised, of which only its kind's name and its words came over.

    >>> as_told("MachineError", "The disk is full.")
    MachineError('The disk is full.')
    >>> as_told("ExportError", "orders.txt, line 3: no date")
    OdrError('orders.txt, line 3: no date')
    """
    return MachineError(message) if kind == MachineError.__name__ else OdrError(message)


class OdrWarning(UserWarning):
    """Something a reader should know, though the number could be computed."""


@contextmanager
def warnings_to(show: Callable[[str], None]) -> Iterator[None]:
    """Within, the text of each :class:`OdrWarning` goes to `show`, not the code that raised it.

    Examples
    --------
    >>> with warnings_to(print):
    ...     warnings.warn("The cache was damaged.", OdrWarning, stacklevel=1)
    The cache was damaged.
    """
    with warnings.catch_warnings():
        # For a reader, so never an error, whatever the interpreter was told of warnings.
        warnings.simplefilter("always", OdrWarning)
        usual = warnings.showwarning

        def showwarning(message: Warning | str, category: type[Warning], *rest: Any) -> None:
            if issubclass(category, OdrWarning):
                show(str(message))
            else:
                usual(message, category, *rest)

        # The declared type has every parameter by name; this one passes the rest on.
        warnings.showwarning = showwarning  # type: ignore[assignment]
        yield
