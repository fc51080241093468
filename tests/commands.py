"""Commands of ``odr``, run in this process."""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner, Result

from odr_analysis import cli

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def odr(*arguments: object) -> Result:
    """What came of a command; the first argument is its name, or the command itself."""
    command, *rest = arguments
    if not isinstance(command, click.Command):
        command, rest = cli.main, list(arguments)
    return CliRunner().invoke(command, [str(a) for a in rest])


def run(*args: object, code: int = 0) -> str:
    """What a command prints that ends with this exit code."""
    done = odr(*args)
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit)
    return done.output
