"""Commands of ``odr``, run in this process."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from odr_analysis import cli

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def odr(*arguments: object) -> Result:
    """What came of a command."""
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def run(*args: object, code: int = 0) -> str:
    """What a command prints that ends with this exit code."""
    done = odr(*args)
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit)
    return done.output
