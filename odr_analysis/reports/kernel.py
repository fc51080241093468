"""The kernel of a report: this interpreter, and one that can be stopped from outside."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from odr_analysis.errors import MachineError
from odr_analysis.reports import warm
from odr_analysis.reports.warm import Forked, Server
from odr_analysis.scratch import SCRATCH, Held

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning import LocalProvisioner
    from traitlets.config import Config

NEEDED = ("ipykernel.ipkernel", "matplotlib.figure", "matplotlib.backends.backend_svg")
"""What a forked kernel imports while it waits for its notebook."""
LAUNCHER = "ipykernel_launcher"

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

    Parameters
    ----------
    waiting : WaitingKernel, optional
        The forked process that becomes it; without, one starts by itself.
    environment : mapping, optional
        Variables of its environment beside those of this process.

    Attributes
    ----------
    stopped : MachineError or None
        Why whoever asked for the notebook stopped it; None where nobody did.
    """

    def __init__(
        self, waiting: WaitingKernel | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._ended = False
        self._environment = dict(environment or {})
        self.stopped: MachineError | None = None
        self._waiting = waiting
        self._manager: AsyncKernelManager | None = None
        self._sockets = Held(_short_place())

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._sockets.close()

    def stop(self, why: MachineError) -> None:
        """End the process, and so the notebook; the first who does says why."""
        self.stopped = self.stopped or why
        self._end()

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
        argv = [sys.executable, "-m", LAUNCHER, "-f", "{connection_file}"]
        spec = KernelSpec(argv=argv, display_name="Python 3", language="python")

        class Manager(AsyncKernelManager):
            @property
            def kernel_spec(self) -> KernelSpec:
                return spec

            # Its decorator hides the type here too.
            async def _async_pre_start_kernel(self, **how: Any) -> Any:
                if kernel._waiting is None:
                    return await super()._async_pre_start_kernel(**how)
                self.shutting_down = False
                self.kernel_id = self.kernel_id or how.pop("kernel_id", uuid.uuid4().hex)
                self.provisioner = kernel._waiting.provisioner_class()(
                    kernel_id=self.kernel_id, kernel_spec=spec, parent=self
                )
                how = await self.provisioner.pre_launch(**how)
                return how.pop("cmd"), how

            pre_start_kernel = _async_pre_start_kernel

            # jupyter_client decorates its own, which hides the type it has.
            async def start_kernel(self, **how: Any) -> None:  # type: ignore[override]
                if kernel._ended:
                    raise RuntimeError("the report was stopped before its kernel started")
                kernel._manager = self
                how["env"] = {**(how.get("env") or os.environ), **kernel._environment}
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
        if self._waiting is not None:
            self._waiting.end()


class WaitingKernel:
    """A forked process that waits for a line on standard input which says which kernel to be."""

    def __init__(self, process: Forked) -> None:
        self._process = process

    @classmethod
    def forked(cls, server: Server) -> WaitingKernel:
        """One that imports what a notebook needs meanwhile."""
        return cls(server.fork_with_input(f"{__name__}:be_a_kernel"))

    def provisioner_class(self) -> type[LocalProvisioner]:
        """What makes this process the kernel of a manager."""
        from jupyter_client.provisioning import LocalProvisioner

        waiting = self

        class Provisioner(LocalProvisioner):
            async def launch_kernel(self, cmd: list[str], **how: Any) -> Any:
                process = waiting.become(cmd, how.get("env"), how.get("cwd"))
                # As much of a Popen as this class uses.
                self.process = cast(Any, process)
                self.pid = self.pgid = process.pid
                self.cwd = how.get("cwd", Path.cwd())
                return self.connection_info

        return Provisioner

    def become(self, command: list[str], env: dict[str, str] | None, cwd: str | None) -> Forked:
        """Have it be the kernel that a command would start."""
        arguments = command[command.index(LAUNCHER) + 1 :]
        asked = {"arguments": arguments, "env": env or dict(os.environ), "cwd": cwd or os.getcwd()}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._process

    def end(self) -> None:
        """End the process, whatever it is."""
        self._process.kill()
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended with a line unread
            self._process.stdin.close()


def be_a_kernel() -> None:
    """Be the kernel that a line of JSON on standard input asks for."""
    # As ipykernel does where nobody chose one; matplotlib reads it when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for module in NEEDED:
        import_module(module)
    from ipykernel.kernelapp import IPKernelApp

    if not (line := sys.stdin.readline()):
        return
    asked = json.loads(line)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = [LAUNCHER, *asked["arguments"]]
    app = IPKernelApp.instance()
    # It ends with its parent, which is the server; its environment names the process that asks.
    app.parent_handle = warm.forked_by
    app.initialize(asked["arguments"])
    app.start()
