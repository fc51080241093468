"""How a command ends that cannot do its work: one message, an exit code, a log."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from odr_analysis import __version__
from odr_analysis.cli.support.options import say
from odr_analysis.cli.support.progress import shown
from odr_analysis.errors import MachineError, OdrError, full_disk, warnings_to

CANNOT_USE, FAILED, STOPPED = 2, 3, 130
"""Exit codes: the input or a place cannot be used; the machine or the program failed; Ctrl-C.

0 means the work was done, and 1 is kept for --fail-on.
"""
COLLECTED_AFTER = 100_000
"""New objects between two searches for unreachable ones: most are of imports, and stay."""
LOG_KEPT = 1_000_000
"""Bytes of the log above which it starts anew."""
NOT_YOURS = "This is a failure of the machine or of this program, not of your files."


def plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Have a command end with a message and an exit code; a traceback needs ``--debug``.

    And have it show how far it is, unless ``--quiet`` is given.
    """

    @click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
    @click.option("--quiet", "-q", is_flag=True, help="Do not show how far the work is.")
    @wraps(command)
    def run(*args: Any, debug: bool, quiet: bool, **kwargs: Any) -> Any:
        gc.set_threshold(COLLECTED_AFTER)
        try:
            with warnings_to(_note), shown(_line, quiet=quiet):
                return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            say("odr: stopped. What was there before is as it was.", err=True)
            raise SystemExit(STOPPED) from None
        except Exception as error:
            if debug:
                traceback.print_exc()
            if isinstance(error, OdrError) and not isinstance(error, MachineError):
                say(f"odr: {error}", err=True)
                raise SystemExit(CANNOT_USE) from error
            say(f"odr: {in_a_sentence(error)} {_logged(error)}", err=True)
            raise SystemExit(FAILED) from error

    return run


def _line(text: str) -> None:
    say(text, err=True)


def _note(text: str) -> None:
    _line(f"odr: note: {text}")


def in_a_sentence(error: Exception) -> str:
    """What failed, for whoever ran the command."""
    if isinstance(error, MachineError):
        return str(error)
    if full := full_disk(error):
        return str(full)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}. {NOT_YOURS}"
    if isinstance(error, MemoryError):
        return f"Memory ran out. Allow the engine less with --memory-limit, e.g. 1GB. {NOT_YOURS}"
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}{f': {text}' if text else ''}. {NOT_YOURS}"


def log_path() -> Path:
    """``ODR_LOG`` where set, else a file among the user's logs."""
    if chosen := os.environ.get("ODR_LOG"):
        return Path(chosen)
    from platformdirs import user_log_path

    return user_log_path("odr-analysis") / "odr.log"


def _logged(error: Exception) -> str:
    """Write the failure to the log; returns its path."""
    log = log_path()
    details = getattr(error, "details", "")
    text = (
        f"{datetime.now(UTC).isoformat(timespec='seconds')} odr-analysis {__version__} "
        f"Python {sys.version.split()[0]}\n{' '.join(sys.argv)}\n"
        f"{''.join(traceback.format_exception(error))}{details}\n\n"
    )
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        anew = log.is_file() and log.stat().st_size > LOG_KEPT
        with log.open("w" if anew else "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as refused:
        why = refused.strerror or refused
        return f"The log {log} could not be written ({why}); --debug shows what it would hold."
    return f"The log has the details: {log}"
