"""What the commands share: days, places, and how text is printed."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from odr_analysis import clock
from odr_analysis.cli.support.options import AsOf, account_of, reading_options, with_options
from tests.commands import SAMPLE, run


@pytest.mark.parametrize(
    ("given", "day"),
    [("2026-09-30", "2026-09-30"), ("20260930", "2026-09-30"), ("today", None)],
)
def test_a_day_is_kept_in_one_form(given: str, day: str | None) -> None:
    assert AsOf().convert(given, None, None) == (day or clock.today().isoformat())


@pytest.mark.parametrize(
    ("given", "stated"),
    [("30.9.2026", "write it like 2026-09-30"), ("9999-01-01", "9999-01-01"), ("", "no date")],
)
def test_a_day_that_is_none_or_to_come_is_refused(given: str, stated: str) -> None:
    with pytest.raises(click.BadParameter, match=stated):
        AsOf().convert(given, None, None)


def test_options_reach_the_command_in_the_order_of_the_help() -> None:
    @click.command()
    @with_options(reading_options)
    def command(**given: object) -> None:
        click.echo(sorted(given.items(), key=str))

    told = CliRunner().invoke(command, ["--memory-limit", "1GB"])
    assert told.output == (
        "[('marketplace', None), ('memory_limit', '1GB'), ('no_cache', False)]\n"
    )
    text = CliRunner().invoke(command, ["--help"]).output
    places = [text.index(name) for name in ("--marketplace", "--memory-limit", "--no-cache")]
    assert places == sorted(places)


def test_an_account_is_read_under_the_policy_named() -> None:
    account = account_of(SAMPLE, "amazon-2016", None, None, no_cache=True)
    assert account.policy.name == "amazon-2016"
    assert account.name == "sample"


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    told = run("evidence", SAMPLE, "--since", "2026-08-25", "--out", file / "pack", code=2)
    assert "Choose another place with --out" in told
    told = run("worklist", SAMPLE, "--csv", file / "todo.csv", code=2)
    assert "Choose another place" in told
