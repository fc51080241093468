"""What the commands share: options, dates, and a user's mistake told without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any

import click

from odr_analysis.errors import OdrError

CANNOT_USE = 2
"""Exit code when the input cannot be used; 1 is kept for --fail-on, 0 means a report was made."""


def plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print a user's mistake as a message, without a traceback, and exit with 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except OdrError as error:
            click.echo(f"odr: {error}", err=True)
            raise SystemExit(CANNOT_USE) from error

    return run


class AsOf(click.ParamType):
    """An ISO date, or ``today``."""

    name = "DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if value == "today":
            return datetime.now(UTC).date().isoformat()
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is no date; write it like 2026-09-30, or today.", param, ctx)


POLICY_HELP = (
    "Rules of the rate: amazon-current (default), amazon-2016, as-reported, or a TOML file."
)
reading_options = [
    click.option("--marketplace", help="Sales channel of files that name none, e.g. Amazon.de."),
    click.option("--memory-limit", help="Most memory the engine may use, e.g. 1GB."),
    click.option("--no-cache", is_flag=True, help="Read everything anew and keep nothing."),
]


def with_options(options: list[Callable[..., Any]]) -> Callable[..., Any]:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add
