"""A call in a process of its own, which is ended when it takes more than it may.

A worker makes many reports. What a driver of a warehouse leaves behind, how much memory it takes
and whether it ever answers is so no matter of the reports that come after.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

from odr_analysis import errors
from odr_analysis.reports.answers import own_channel, packed, unpacked
from odr_analysis.reports.limits import EVERY, Limits
from odr_analysis.reports.warm import Server, how_ended, started

Result = TypeVar("Result")


def in_own_process(call: Callable[[], Result], server: Server | None, limits: Limits) -> Result:
    """What a call returns that is made in another process.

    Parameters
    ----------
    call : callable
        Such as ``functools.partial`` of a function and what it is given; both must be picklable.
    server : Server, optional
        What forks the process; else it starts by itself.
    limits : Limits

    Raises
    ------
    OdrError
        What the call raised; of another error, a ``MachineError`` with its words.
    MachineError
        A limit was reached, or the process ended.
    """
    process = started(f"{__name__}:make_call", server)
    read = list[str]()
    reading = Thread(target=lambda: read.append(process.stdout.read()), daemon=True)
    reading.start()
    try:
        # Not as arguments, which every user of the machine may look at.
        with suppress(BrokenPipeError):
            process.stdin.write(packed(call) + "\n")
            process.stdin.flush()
        while reading.is_alive():
            reading.join(EVERY)
            limits.check()
    finally:
        process.kill()
        code = process.wait()
        reading.join()
        for channel in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                channel.close()
    (answer,) = read
    if not answer.endswith("\n"):
        raise errors.MachineError(
            f"The process that reads the account {how_ended(code)} before it answered, most often "
            "because memory ran out. Use fewer --jobs, or set --memory.",
            passing=True,
        )
    result, error = unpacked(answer)
    if error is not None:
        raise error
    made: Result = result
    return made


def make_call() -> None:
    """Make the call that standard input holds, and write what it returns to standard output.

    The process ends when whoever asked is gone, also within a call that would never return.
    """
    with own_channel() as answers:
        answer: tuple[Any, errors.OdrError | None]
        try:
            call = unpacked(sys.stdin.readline())
            Thread(target=_end_with_asker, daemon=True).start()
            answer = call(), None
        except errors.OdrError as error:
            answer = None, error
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker must learn of it
            words, passing = f"{type(error).__name__}: {error}", errors.passes(error)
            answer = None, errors.MachineError(words, traceback.format_exc(), passing=passing)
        answers.write(packed(answer) + "\n")


def _end_with_asker() -> None:
    # Not through a file object, whose lock would be held when the process ends by itself.
    while os.read(0, 1 << 16):
        pass
    os._exit(1)
