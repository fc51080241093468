"""The kernel of a report ends at once."""

from __future__ import annotations

import asyncio
import signal

import pytest

from odr_analysis.reports.kernel import Kernel


def test_a_kernel_is_not_interrupted_before_it_ends(capfd: pytest.CaptureFixture[str]) -> None:
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

    with Kernel() as kernel:
        assert asyncio.run(run(kernel)) == -signal.SIGKILL
    assert capfd.readouterr() == ("", "")
