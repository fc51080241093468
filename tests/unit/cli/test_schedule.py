"""``odr schedule`` prints a recipe filled in, or writes its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from odr_analysis.batch.schedule.schedulers import RECIPES
from odr_analysis.cli.schedule import KINDS, schedule


@pytest.fixture
def accounts(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    (tmp_path / "accounts.toml").write_text('[recipients.ops]\nurl = "$ODR_OPS"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(*arguments: str):
    return CliRunner().invoke(schedule, [*arguments, "accounts.toml", "--out", "out"])


def test_the_command_offers_every_recipe():
    assert set(KINDS) == set(RECIPES)


def test_the_recipe_is_printed_and_what_to_do_beside_it(accounts):
    done = _run("cron", "--at", "05:30")
    assert done.exit_code == 0, done.output
    assert f"{accounts}/accounts.toml" in done.stdout
    assert f"--out {accounts}/out" in done.stdout
    assert "30 5 * * * /" in done.stdout
    assert "1. Add the line to your crontab" in done.stderr
    notebook = _run("jupyter", "--at", "05:30")
    assert json.loads(notebook.stdout)["nbformat"] == 4


def test_files_are_written_where_asked(accounts):
    done = _run("systemd", "--at", "7:05", "--timezone", "Asia/Tokyo", "--into", "units")
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    timer = (accounts / "units" / "odr-batch.timer").read_text()
    assert "OnCalendar=*-*-* 07:05:00 Asia/Tokyo" in timer
    assert (accounts / "units" / "odr-batch.service").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cron", "--at", "25:00"], "--at: '25:00' is not a time of day"),
        (["systemd", "--at", "05:30", "--timezone", "Berlin"], "--timezone: 'Berlin' is not a"),
        (
            ["cron", "--at", "05:30", "--timezone", "Asia/Tokyo"],
            "cron runs by this computer's clock (Europe/Berlin), not by that of Asia/Tokyo",
        ),
        (["github", "--at", "05:30"], "is in no git repository"),
    ],
)
def test_what_cannot_be_is_refused(accounts, arguments, message):
    done = _run(*arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_a_place_that_cannot_be_written_is_named(accounts):
    (accounts / "file").touch()
    done = _run("systemd", "--at", "7:05", "--into", "file/below")
    assert done.exit_code == 2, done.output
    assert "file/below: cannot be written" in done.stderr
    assert "Choose another place with --into." in done.stderr


def test_an_empty_text_is_no_place(accounts):
    done = _run("systemd", "--at", "7:05", "--into", "")
    assert done.exit_code == 2
    assert "'' names no place. Write . for the current folder." in done.stderr
