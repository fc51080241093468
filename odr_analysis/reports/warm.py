"""Processes of a report, forked from one that has imported what they share.

A report takes two processes beside the one that asks for it: one reads the exports, one is the
kernel of the notebook (of a batch, the one that has read becomes the kernel). Both need pandas and
this package, whose import takes longer than most of what they do. Where a process may be forked
(Linux), one imports them once, stays without threads of its own and forks the two; elsewhere each
starts by itself.

The two talk by lines of JSON on a socket: a request has a number and names the function to run,
with the standard streams of the new process as file descriptors beside it; the answers to it are
the id of the process and, once it has ended, how. A system gives the id of a process that ended to
another, so an id alone names none. When the one who asks is gone, so is the other.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from itertools import count
from threading import Condition, Thread
from typing import Any, TextIO

SHARED = ("pandas", "pyarrow.parquet", "odr_analysis.answer.summary", "odr_analysis.load")
"""What both processes of a report import, in the order in which they should be."""

forked_by = 0
"""In a forked process, the number of its server, which may have ended since."""

GONE = -signal.SIGKILL if os.name == "posix" else 1
"""How a process ended of which its server cannot say it any more."""


def can_fork() -> bool:
    """Whether a process that has imported this much may be forked here.

    macOS has system libraries that do not survive it, Windows has no fork.
    """
    return sys.platform == "linux"


def python(program: str) -> list[str]:
    """The command that runs a program in this interpreter.

    A file in the folder it starts in, which may be called like a module, is not taken for one.
    """
    return [sys.executable, "-c", f"import sys; sys.path[:] = filter(None, sys.path); {program}"]


def how_ended(code: int) -> str:
    """How a process ended, to stand after its name.

    >>> how_ended(-9), how_ended(3)
    ('was ended by signal 9', 'ended with code 3')
    """
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"


class Server:
    """A process that has imported `SHARED`, and forks others on request.

    Use it as a context manager: leaving it ends the process; what it forked goes on.

    Parameters
    ----------
    ready : str, optional
        Function (``module:name``) that it runs before it forks any, for one that forks many: what
        it has imported and made none of them has to.
    """

    def __init__(self, ready: str = "") -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                python(f"from {__name__} import serve; serve({theirs.fileno()}, {ready!r})"),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._numbers = count()
        self._changed = Condition()
        self._started: dict[int, int] = {}
        self._codes: dict[int, int] = {}
        self._alive = True
        Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Server:
        return self

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._alive

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait()
        self._socket.close()

    def _listen(self) -> None:
        # A server that ends with a request unread resets the connection.
        with suppress(ConnectionError), self._socket.makefile("rb") as lines:
            for line in lines:
                answer = json.loads(line)
                with self._changed:
                    if "code" in answer:
                        self._codes[answer["number"]] = answer["code"]
                    else:
                        self._started[answer["number"]] = answer["pid"]
                    self._changed.notify_all()
        with self._changed:
            self._alive = False
            self._changed.notify_all()

    def fork(self, run: str, streams: tuple[int, int, int]) -> Forked:
        """Have a process run the function `run` (``module:name``) with these standard streams."""
        request = {"number": (number := next(self._numbers)), "run": run}
        line = json.dumps(request).encode() + b"\n"
        # A server that is gone takes no request; the process counts as gone then.
        with suppress(ConnectionError):
            socket.send_fds(self._socket, [line], list(streams))
        return Forked(self, number)

    def fork_with_input(self, run: str, output: int | None = None) -> Forked:
        """The same, with text written to its standard input; what it prints goes to `output`."""
        theirs, ours = os.pipe()
        with open(os.devnull, "wb") as nowhere:
            process = self.fork(run, (theirs, nowhere.fileno() if output is None else output, 2))
        os.close(theirs)
        process.stdin = open(ours, "w", encoding="utf-8")  # noqa: SIM115 - its user closes it
        return process

    def fork_with_pipes(self, run: str) -> Forked:
        """The same, with text written to its standard input and read from its standard output."""
        ours, theirs = os.pipe()
        process = self.fork_with_input(run, theirs)
        os.close(theirs)
        process.stdout = open(ours, encoding="utf-8")  # noqa: SIM115 - its user closes it
        return process

    def pid(self, number: int) -> int | None:
        """Number of the process of a request, once it is known; None when it never will be."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._started or not self._alive)
            return self._started.get(number)

    def code(self, number: int, seconds: float | None = 0) -> int | None:
        """How the process of a request ended; None when it has not within so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._codes or not self._alive, seconds)
            ended = self._codes.get(number)
            return GONE if ended is None and not self._alive else ended


class Forked:
    """A process forked by a server; as much of ``subprocess.Popen`` as its users need."""

    stderr = None

    def __init__(self, server: Server, number: int) -> None:
        self.stdin: TextIO | None = None
        self.stdout: TextIO | None = None
        self._server, self._number = server, number

    @property
    def pid(self) -> int:
        return self._server.pid(self._number) or 0

    def poll(self) -> int | None:
        return self._server.code(self._number)

    def wait(self, timeout: float | None = None) -> int:
        code = self._server.code(self._number, timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None and self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def started(run: str, server: Server | None) -> Any:
    """A process that runs the function `run`, with text written to it and read from it.

    `server` forks it; without, it starts by itself. It is a ``subprocess.Popen``, or a
    :class:`Forked`, which has as much of one as its users need.
    """
    if server is not None:
        return server.fork_with_pipes(run)
    module, _, name = run.partition(":")
    return subprocess.Popen(
        python(f"from {module} import {name}; {name}()"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl-C reaches every process of a terminal's session; who waits for this one decides.
        start_new_session=True,
    )


def serve(channel: int, ready: str = "") -> None:
    """Import what is shared and fork a process for each request, until nobody asks any more."""
    from gc import collect, freeze

    global forked_by
    forked_by = os.getpid()
    # Threads of a library do not survive a fork.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for module in SHARED:
        import_module(module)
    if ready:
        _function(ready)()
    collect()
    freeze()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    asked = socket.socket(fileno=channel)
    # Whoever asked may be gone at any moment, also while it is answered.
    with suppress(ConnectionError):
        _answer(asked, woken, wake)
    os._exit(0)


def _answer(asked: socket.socket, woken: int, wake: int) -> None:
    """Fork a process for each request and report how each ended, until nobody asks any more."""
    buffer, streams, numbers = b"", list[int](), dict[int, int]()
    while True:
        ready, _, _ = select.select([asked.fileno(), woken], [], [])
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 1024)
            _report_ended(asked, numbers)
        if asked.fileno() in ready:
            got, fds, _, _ = socket.recv_fds(asked, 1 << 16, 16)
            if not got:
                return
            buffer, streams = buffer + got, [*streams, *fds]
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                request = json.loads(line)
                its, streams = streams[:3], streams[3:]
                pid = os.fork()
                if not pid:
                    for end in (woken, wake):
                        os.close(end)
                    asked.close()
                    _be(request["run"], its)
                for fd in its:
                    os.close(fd)
                numbers[pid] = request["number"]
                _send(asked, number=request["number"], pid=pid)


def _send(channel: socket.socket, **what: Any) -> None:
    channel.sendall(json.dumps(what).encode() + b"\n")


def _report_ended(channel: socket.socket, numbers: dict[int, int]) -> None:
    """Report how each process that ended did; `numbers` has that of its request by its id."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            number = numbers.pop(ended[0])
            _send(channel, number=number, code=os.waitstatus_to_exitcode(ended[1]))


def _function(name: str) -> Callable[[], None]:
    """A function by ``module:name``."""
    module, _, its = name.partition(":")
    found: Callable[[], None] = getattr(import_module(module), its)
    return found


def _be(run: str, streams: list[int]) -> None:
    """Become the process that runs a function; never returns."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for ours, theirs in enumerate(streams):
        os.dup2(theirs, ours)
        os.close(theirs)
    code = 1
    try:
        # What the parent had drawn must not be drawn again.
        import random

        import numpy

        random.seed()
        numpy.random.seed()
        _function(run)()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, it must not reach the server's loop
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
