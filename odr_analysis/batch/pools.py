"""Where the reports of a batch are made: processes of this machine, or a Dask cluster.

Either is a ``concurrent.futures.Executor`` for as long as it is within a context; one whose
processes died is left and another made.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from threading import Thread

from odr_analysis.errors import CannotStartError

Pool = Callable[[int], AbstractContextManager[Executor]]
"""Opens an executor of so many workers; a cluster has those it has."""
CONNECT = 15
"""Seconds a cluster has to answer."""
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
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CannotStartError(INSTALL) from error
    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
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
            # The same report may be made twice: results are files, not values.
            with client.get_executor(pure=False) as executor:
                yield executor

        yield open_cluster, len(threads)
