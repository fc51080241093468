"""A batch that runs every day: what, when, and where its files are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from odr_analysis.batch.from_environment import SIGN
from odr_analysis.errors import ParameterError

AS_OF = "today"
"""The scheduled day of a run; a scheduler that knows the day itself passes it instead."""


@dataclass(frozen=True)
class DailyRun:
    """What a recipe is filled in with.

    Attributes
    ----------
    odr : pathlib.Path
        The command, an absolute path: a scheduler has another ``PATH`` than a shell.
    accounts, out : pathlib.Path
        File of accounts and output folder, absolute.
    hour, minute : int
    timezone : str
        Of that time, such as ``Europe/Berlin``.

    Raises
    ------
    ParameterError
        A path has a line break or another control character, which no scheduler can be given.
    """

    odr: Path
    accounts: Path
    out: Path
    hour: int
    minute: int
    timezone: str

    def __post_init__(self) -> None:
        for path in (self.odr, self.accounts, self.out):
            if not str(path).isprintable():
                raise ParameterError(
                    f"{str(path)!r}: a path with a line break or a control character cannot be "
                    "given to a scheduler. Rename it."
                )

    @property
    def time(self) -> str:
        """``05:30``."""
        return f"{self.hour:02}:{self.minute:02}"

    @property
    def cron(self) -> str:
        """The time as cron has it: ``30 5 * * *``."""
        return f"{self.minute} {self.hour} * * *"

    def arguments(self, as_of: str = AS_OF) -> list[str]:
        """The command without its first word."""
        out = ["--out", str(self.out), "--as-of", as_of]
        return ["batch", str(self.accounts), *out, "--skip-if-running"]

    def variables(self) -> tuple[str, ...]:
        """Variables of the environment that the file of accounts takes URLs from.

        Those are of recipients and of connections.

        Raises
        ------
        ParameterError
            The file cannot be read.
        """
        try:
            table = tomllib.loads(self.accounts.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ParameterError(f"{self.accounts}: cannot be read ({error}).") from error
        recipients, accounts = table.get("recipients", {}), table.get("account", [])
        tables = recipients.values() if isinstance(recipients, Mapping) else ()
        connected = [table.get("defaults"), *(accounts if isinstance(accounts, list) else ())]
        urls = [one.get("url") for one in tables if isinstance(one, Mapping)]
        urls += [one.get("connection") for one in connected if isinstance(one, Mapping)]
        named = [url for url in urls if isinstance(url, str) and url.startswith(SIGN)]
        return tuple(dict.fromkeys(url.removeprefix(SIGN) for url in named))


@dataclass(frozen=True)
class Recipe:
    """Files of a recipe by name, and what to do with them, a step a line."""

    files: dict[str, str]
    steps: tuple[str, ...]


def time_of(text: str) -> tuple[int, int]:
    """Hour and minute of a time of day.

    Raises
    ------
    ParameterError
        `text` is not one.

    Examples
    --------
    >>> time_of("05:30")
    (5, 30)
    """
    hour, colon, minute = text.partition(":")
    digits = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if not (colon and digits and len(minute) == 2 and int(hour) < 24 and int(minute) < 60):
        raise ParameterError(f"{text!r} is not a time of day; write it like 05:30.")
    return int(hour), int(minute)


def check_zone(name: str) -> str:
    """The name of a time zone.

    Raises
    ------
    ParameterError
        There is none of that name.

    Examples
    --------
    >>> check_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise ParameterError(
            f"{name!r} is not a time zone; write it like Europe/Berlin or UTC."
        ) from error
