"""The kernel of a report: forked or not, a notebook finds the same in it, and it ends at once."""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import nullcontext
from typing import Any

import pytest

from odr_analysis.errors import MachineError
from odr_analysis.reports.kernel import Kernel, WaitingKernel
from odr_analysis.reports.warm import Server, can_fork


def servers() -> list[bool]:
    return [True, False] if can_fork() else [False]


@pytest.mark.parametrize(
    "forked", servers(), ids=lambda forked: "forked" if forked else "by itself"
)
def test_a_kernel_is_not_interrupted_before_it_ends(
    forked: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Jupyter interrupts a kernel it asks to end, and some moments of a kernel report that."""

    async def run(kernel: Kernel) -> int:
        manager = kernel.manager_class()(config=kernel.config())
        await manager.start_kernel()
        process = manager.provisioner.process
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        client.stop_channels()
        await manager.shutdown_kernel(now=False)
        return int(process.wait(10))

    with (
        Server() if forked else nullcontext() as server,
        Kernel(WaitingKernel.forked(server) if server else None) as kernel,
    ):
        assert asyncio.run(run(kernel)) == -signal.SIGKILL
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
def test_a_forked_kernel_that_got_no_notebook_ends_with_the_report() -> None:
    with Server() as server, Kernel(WaitingKernel.forked(server)) as kernel:
        assert kernel._waiting is not None
        process = kernel._waiting._process
        assert process.poll() is None
        kernel._end()
        assert process.wait(20) == -signal.SIGKILL


SURROUNDINGS = """
import json, matplotlib, os, sys
from matplotlib import pyplot
# By its parent a kernel knows when to end; that of a forked one is not who asked for it.
given = sorted(os.environ.keys() - {"JPY_PARENT_PID"})
print(json.dumps({
    "module": __name__, "folder": os.getcwd(), "flag": sys.argv[1], "path": sys.path,
    "backend": matplotlib.get_backend(), "environment": given,
}))
pyplot.plot([1, 2])
pyplot.show()
"""


@pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
def test_a_notebook_finds_the_same_in_a_forked_kernel() -> None:
    """Also how figures are shown, which matplotlib decides when it is imported."""

    async def run(kernel: Kernel) -> tuple[dict[str, Any], list[str]]:
        manager = kernel.manager_class()(config=kernel.config())
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        printed, shown = "", []

        def take(message: dict[str, Any]) -> None:
            nonlocal printed
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
            elif message["msg_type"] in ("display_data", "error"):
                shown.extend(message["content"].get("data", message["content"]))

        await client.execute_interactive(SURROUNDINGS, output_hook=take, timeout=60)
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return json.loads(printed), sorted(shown)

    with Kernel() as kernel:
        alone = asyncio.run(run(kernel))
    with Server() as server, Kernel(WaitingKernel.forked(server)) as kernel:
        forked = asyncio.run(run(kernel))
    assert forked == alone
    assert alone[1] == ["image/png", "text/plain"]


def test_who_stops_a_kernel_first_says_why() -> None:
    first = MachineError("It took too long.")
    with Kernel() as kernel:
        kernel.stop(first)
        kernel.stop(MachineError("The process was ended by signal 9."))
        assert kernel.stopped is first
