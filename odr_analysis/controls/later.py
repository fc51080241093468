"""Work put off while a browser waits, so that what follows fast is done once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from IPython import get_ipython

Made = TypeVar("Made")

ONE_AT_A_TIME = threading.RLock()
"""Held by whatever moves a panel: JupyterLab brings some messages to the kernel's main thread and
others to one beside it, so that two could move it at once."""

_under_way: set[asyncio.Task[None]] = set()


class Later:
    """One piece of work, at most once in a while, however often it is asked for.

    While the kernel answers a message of a browser, the work is put off for `seconds` on the
    loop that brought the message; what asks for it meanwhile is served by the same run. In a
    cell, and without a kernel, it is done at once: the next line may read what it makes.

    Parameters
    ----------
    work : callable
    seconds : float
    anew : bool
        Whether each request starts the time again, so that the work waits for a pause.

    Examples
    --------
    >>> done = []
    >>> later = Later(lambda: done.append("drawn"), 0.01)
    >>> later.ask()
    >>> done
    ['drawn']
    """

    def __init__(self, work: Callable[[], None], seconds: float, *, anew: bool = False):
        self._work = work
        self._seconds = seconds
        self._anew = anew
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Have the work done, now or after `seconds`."""
        if not answers_browser():
            self.finish()
            with ONE_AT_A_TIME:
                self._work()
            return
        if self._timer and self._anew:
            self._timer.cancel()
            self._timer = None
        if not self._timer:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._due)

    def finish(self) -> bool:
        """Call off what was put off; whether there was anything."""
        timer, self._timer = self._timer, None
        if timer:
            timer.cancel()
        return timer is not None

    def _due(self) -> None:
        # Before the work: a request that comes out of it is a new one.
        self._timer = None
        with ONE_AT_A_TIME:
            self._work()


def aside(work: Callable[[], Made], then: Callable[[Made], None]) -> None:
    """Do long work in a thread of its own while a browser waits, so that levers stay free.

    Without a browser it is done at once.

    Parameters
    ----------
    work : callable
        Touches no widget.
    then : callable
        Called with what `work` returns, on the loop of the browser's messages.

    Examples
    --------
    >>> aside(lambda: 6 * 7, print)
    42
    """
    if not answers_browser():
        then(work())
        return

    async def done() -> None:
        made = await asyncio.to_thread(work)
        with ONE_AT_A_TIME:
            then(made)

    task = asyncio.get_running_loop().create_task(done())
    # A loop holds its tasks weakly.
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


def answers_browser() -> bool:
    """Whether a message of a widget in a browser is what runs now, or set off what runs now."""
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    header = kernel.get_parent("shell").get("header", {})
    return bool(header.get("msg_type") == "comm_msg")
