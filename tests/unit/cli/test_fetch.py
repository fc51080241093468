"""``odr fetch``: what it prints and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.cli.fetch import SOME_FAILED, fetch
from odr_analysis.fetching import fetch_reports as module
from odr_analysis.fetching.patience import STOP, Patience
from odr_analysis.fetching.report_types import REPORT_TYPES
from tests.amazon import StandIn
from tests.commands import odr, run
from tests.downloads import orders, table

DAYS = ("--marketplace", "Amazon.de", "--from", "2026-09-20", "--to", "2026-09-30")
ORDERS = REPORT_TYPES["orders"].amazon


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Patience", lambda folder: Patience(folder, second=0.0001))


def test_reports_are_downloaded_and_can_be_loaded(amazon: StandIn, tmp_path: Path) -> None:
    amazon.documents[ORDERS] = table(orders(30)).encode()
    told = run(fetch, tmp_path, *DAYS, "--reports", "orders,feedback", "--agent", "Acme")
    assert "downloaded, orders-Amazon.de-" in told
    assert "feedback of Amazon.de, 20 Sep to 30 Sep 2026: no data" in told.replace(" 2026-09", "")
    assert "buyers' e-mail addresses among it" in told
    assert "30 orders" in run("load", tmp_path, "--no-cache")
    assert all(agent.startswith("Acme/") for agent in amazon.agents)


def test_failures_have_an_exit_code_of_their_own(amazon: StandIn, tmp_path: Path) -> None:
    amazon.ends[ORDERS] = "FATAL"
    assert "Amazon could not make it" in run(
        fetch, tmp_path, *DAYS, "--reports", "orders", code=SOME_FAILED
    )


def test_stopping_says_how_to_go_on(
    amazon: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / STOP).touch()
    stopped = odr(fetch, tmp_path, *DAYS)
    assert (stopped.exit_code, amazon.asked) == (130, [])
    assert "remove that file and run this again" in stopped.stderr
    (tmp_path / STOP).unlink()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.Amazon, "ask", interrupted)
    stopped = odr(fetch, tmp_path, *DAYS)
    assert stopped.exit_code == 130
    assert "run this again to go on" in stopped.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--from", "soon", "--marketplace", "Amazon.de"], "is no date"),
        (["--from", "2026-09-01"], "--marketplace"),
        (["--from", "2026-09-01", "--marketplace", "Amazon.xx"], "is unknown"),
    ],
)
def test_what_cannot_be_asked(amazon: StandIn, tmp_path: Path, args: list[str], said: str) -> None:
    assert said in run(fetch, tmp_path, *args, code=2)
