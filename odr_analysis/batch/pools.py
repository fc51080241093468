"""Where the reports of a batch are made: processes of this machine, or a Dask cluster.

Either is a ``concurrent.futures.Executor`` for as long as it is within a context; one whose
processes died is left and another made.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    InvalidStateError,
    ProcessPoolExecutor,
)
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing.connection import Connection
from threading import Event, Thread
from typing import Any

from odr_analysis.errors import CannotStartError, MachineError

Pool = Callable[[int], AbstractContextManager[Executor]]
"""Opens an executor of so many workers; a cluster has those it has."""
CONNECT = 15
"""Seconds a cluster has to answer."""
LOOK = 1.0
"""Seconds between two looks whether a cluster is still there."""
GONE = ("closing", "closed")
"""States of a client that has given its scheduler up."""
INSTALL = (
    "A cluster needs the library dask, which is not installed. Install it with: pip install "
    '"odr-analysis[dask]"'
)


@contextmanager
def processes(n: int) -> Iterator[Executor]:
    """`n` processes of this machine, which end with this one however it ends."""
    # Not forked: this process has threads by now.
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(n, context, initializer=_begin, initargs=(theirs,))
    try:
        yield pool
    except BaseException:
        # What they are at is not waited for.
        ours.close()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    else:
        pool.shutdown()
    finally:
        ours.close()
        theirs.close()


def _begin(parent: Connection) -> None:
    """Have this worker end when nobody holds the other end any more, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        try:
            parent.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)

    Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[tuple[Pool, int]]:
    """A Dask cluster by the address of its scheduler: a pool of it, and its workers' number.

    Every worker needs this package, and the folders of exports and reports under the same paths.

    Raises
    ------
    CannotStartError
        Dask is not installed, or nothing answers there, or it has no workers.
    MachineError
        On opening the pool: the cluster was there and is not any more.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CannotStartError(INSTALL) from error

    class Attached(Client):
        """A client that closes whatever keeps it from starting.

        Another one does so only where nothing answers. Of an address that is none, it is closed
        when it is collected, which waits for a loop that has ended and then prints a traceback.
        """

        async def _start(self, *args: Any, **named: Any) -> Any:
            try:
                return await super()._start(*args, **named)
            except Exception:  # whatever it is, it goes on to who asked
                await self._close()
                raise

    try:
        client = Attached(address, timeout=CONNECT, set_as_default=False)
    # A TypeError is of tls:// without a certificate, or ucx:// without its library.
    except (OSError, ValueError, TypeError, ImportError) as error:
        raise CannotStartError(
            f"--dask {address}: no cluster answers there ({error}). Start one with: dask "
            "scheduler, and dask worker ADDRESS --nthreads 1 for each report at a time."
        ) from error
    with client:
        threads: dict[str, int] = client.nthreads()
        if not threads:
            raise CannotStartError(
                f"--dask {address}: the cluster has no workers. Start some with: dask worker "
                f"{address} --nthreads 1"
            )

        @contextmanager
        def open_cluster(_: int) -> Iterator[Executor]:
            if client.status in GONE:
                raise MachineError(
                    f"--dask {address}: the cluster does not answer any more. Run the batch again "
                    "when it does; it goes on from here."
                )
            with _Watched(client) as executor:
                yield executor

        yield open_cluster, len(threads)


class _Watched(Executor):
    """The executor of a Dask client, whose work is lost once the scheduler is.

    The client gives up after a while and leaves whoever waits for a result waiting.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        # The same report may be made twice: results are files, not values.
        self._executor = client.get_executor(pure=False)
        self._waiting: set[Future[Any]] = set()
        self._over = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = self._executor.submit(work, *args, **named)
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            if self._client.status in GONE:
                for future in [*self._waiting]:
                    with suppress(InvalidStateError):  # it came in at this very moment
                        future.set_exception(BrokenExecutor("the scheduler is gone"))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._over.set()
        if self._client.status not in GONE:
            self._executor.shutdown(wait=wait)
