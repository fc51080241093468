"""The kernel of a report ends at once."""

from __future__ import annotations

import asyncio
import signal
from contextlib import nullcontext

import pytest

from odr_analysis.reports.kernel import Kernel
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

    with Server() if forked else nullcontext() as server, Kernel(server) as kernel:
        assert asyncio.run(run(kernel)) == -signal.SIGKILL
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
def test_a_forked_kernel_that_got_no_notebook_ends_with_the_report() -> None:
    with Server() as server, Kernel(server) as kernel:
        assert kernel._waiting is not None
        process = kernel._waiting._process
        assert process.poll() is None
        kernel._end()
        assert process.wait(20) == -signal.SIGKILL
