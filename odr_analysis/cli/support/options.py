"""What the commands share: options, dates, and how an account is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odr_analysis import clock
from odr_analysis.cli.support.progress import clear, steps
from odr_analysis.errors import ParameterError
from odr_analysis.progress import Step
from odr_analysis.visible import visible

if TYPE_CHECKING:
    from odr_analysis.account import Account
    from odr_analysis.whatif.scenario import Scenario


def say(text: str, *, err: bool = False) -> None:
    """Print a text; what a terminal would obey in it is spelled out."""
    clear()
    click.echo(visible(text), err=err)


class Place(click.Path):
    """A path; an empty text is none, which `Path` takes for the current folder."""

    def __init__(self, **how: Any) -> None:
        super().__init__(path_type=Path, **how)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if value == "":
            self.fail("'' names no place. Write . for the current folder.", param, ctx)
        return super().convert(value, param, ctx)


def no_date(value: object) -> str:
    return f"{value!r} is no date; write it like 2026-09-30"


class Day(click.ParamType):
    """An ISO date, which may be to come."""

    name = "DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{no_date(value)}.", param, ctx)


class AsOf(click.ParamType):
    """An ISO date that is not to come, or ``today``."""

    name = "DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if value == "today":
            return clock.today().isoformat()
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{no_date(value)}, or today.", param, ctx)
        try:
            clock.check_past(day, "the day", clock.today())
        except ParameterError as error:
            self.fail(str(error), param, ctx)
        return day.isoformat()


POLICY_HELP = (
    "Rules of the rate: amazon-current (default), amazon-2016, as-reported, or a TOML file."
)
WORD_HELP = "Your own word: you know of no {} up to this day but those in the files."
reading_options = [
    click.option("--marketplace", help="Sales channel of files that name none, e.g. Amazon.de."),
    click.option("--memory-limit", help="Most memory the engine may use, e.g. 1GB."),
    click.option("--no-cache", is_flag=True, help="Read everything anew and keep nothing."),
]


series_options = [
    click.option(
        "--marketplace", help="Marketplace it is about; also that of files that name none."
    ),
    click.option("--channel", help="Channel it is about, mfn or afn."),
    *reading_options[1:],
]
"""Options of a command about one rate: which, and how the account is read."""


def on_this_computer(folder: Path, no_cache: bool) -> Path:
    """The folder itself, or what a URL names, fetched and there until the command ends."""
    from odr_analysis.remote.local_folder import local_folder

    here = local_folder(folder, None if no_cache else "default", steps())
    return click.get_current_context().with_resource(here)


@contextmanager
def of_option(name: str) -> Iterator[None]:
    """Have a message about a wrong value name the option it was given with."""
    try:
        yield
    except ParameterError as error:
        # An option is left out, where a parameter is None.
        raise ParameterError(f"{name}: {error}".replace(" or None,", ",")) from error


def save_scenario(scenario: Scenario, path: Path, option: str, *, err: bool) -> None:
    """Write a scenario to a file, TOML or JSON by the ending of its name, and state where."""
    from odr_analysis.whatif.scenario_file import scenario_dict, scenario_toml
    from odr_analysis.writing import placed

    text = scenario_toml(scenario)
    if path.suffix.lower() == ".json":
        text = f"{json.dumps(scenario_dict(scenario), indent=1, ensure_ascii=False)}\n"
    replaced = ", in place of an older file" if path.is_file() else ""
    with placed(path, option) as aside:
        aside.write_text(text, "utf-8")
    say(f"Scenario: {path}{replaced}", err=err)


def account_of(
    folder: Path,
    policy: str,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
    known_on: str | None = None,
) -> Account:
    """The account in a folder, read as the options say."""
    from odr_analysis.load import load_account
    from odr_analysis.presets import load_policy

    account = load_account(
        folder,
        policy=load_policy(policy),
        cache=None if no_cache else "default",
        marketplace=marketplace,
        memory_limit=memory_limit,
        known_on=known_on,
        today=clock.today(),
        progress=steps(),
    )
    steps()(Step("Working out the answer"))
    return account


def with_options(options: list[Callable[..., Any]]) -> Callable[..., Any]:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add
