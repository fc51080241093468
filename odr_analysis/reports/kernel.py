"""The kernel of a report: this interpreter, and one that can be stopped from outside."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.scratch import SCRATCH, Held

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from traitlets.config import Config

LONGEST = 90
"""Characters of the name of a local socket, of which systems allow 104 or 108 with its number."""


def _short_place() -> Path | None:
    """Where local sockets have names short enough; None for the usual temporary folder."""
    usual, shortest = Path(tempfile.gettempdir()), Path("/tmp")
    long = len(str(usual / f"{SCRATCH}{'0' * 32}" / "kernel")) > LONGEST
    return shortest if long and shortest.is_dir() else None


class Kernel:
    """What a report's notebook runs in.

    Use it as a context manager: leaving it ends the process, if there is one, and none starts
    afterwards.
    """

    def __init__(self) -> None:
        self._ended = False
        self._manager: AsyncKernelManager | None = None
        self._sockets = Held(_short_place())

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._sockets.close()

    def config(self) -> Config:
        """Local sockets where there are any: no port is opened, nothing leaves the machine."""
        from traitlets.config import Config

        place = str(self._sockets.path / "kernel")
        settings = {"connection_file": f"{place}.json"}
        if os.name == "posix" and len(place) <= LONGEST:
            settings |= {"transport": "ipc", "ip": place}
        return Config({"KernelManager": settings})

    def manager_class(self) -> type[AsyncKernelManager]:
        """What nbclient is to start the kernel with.

        It asks no registered kernel: one that is called ``python3`` may belong to another
        environment. Its import takes a while, so it is made when needed.
        """
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager

        kernel = self
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = KernelSpec(argv=argv, display_name="Python 3", language="python")

        class Manager(AsyncKernelManager):
            @property
            def kernel_spec(self) -> KernelSpec:
                return spec

            # jupyter_client decorates its own, which hides the type it has.
            async def start_kernel(self, **how: Any) -> None:  # type: ignore[override]
                if kernel._ended:
                    raise RuntimeError("the report was stopped before its kernel started")
                kernel._manager = self
                await super().start_kernel(**how)
                if kernel._ended:
                    kernel._end()

            # Its decorator hides the type here too.
            async def shutdown_kernel(self, **how: Any) -> None:  # type: ignore[override]
                # It has nothing to save. Asked politely, it is interrupted first and reports that
                # on the terminal, before the sentence that explains why the report ends.
                kernel._end()
                await super().shutdown_kernel(**how)

        return Manager

    def _end(self) -> None:
        self._ended = True
        process = getattr(getattr(self._manager, "provisioner", None), "process", None)
        if process is not None:
            process.kill()
