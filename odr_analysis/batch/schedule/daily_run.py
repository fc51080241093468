"""A batch that runs every day: what, when, and where its files are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from odr_analysis.batch.from_environment import SIGN
from odr_analysis.errors import ParameterError
from odr_analysis.presets import PRESETS
from odr_analysis.remote.bucket import CREDENTIALS, REGION

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
        """Variables of the environment that the run needs.

        The file of accounts takes URLs of recipients and connections from them; others hold the
        credentials of object storage.

        Raises
        ------
        ParameterError
            The file cannot be read.
        """
        recipients = self._content().get("recipients", {})
        tables = recipients.values() if isinstance(recipients, Mapping) else ()
        urls = [one.get("url") for one in tables if isinstance(one, Mapping)]
        named = [url for url in urls if isinstance(url, str) and url.startswith(SIGN)]
        named += [url for url in self.connections() if url.startswith(SIGN)]
        own = [url.removeprefix(SIGN) for url in named]
        return tuple(dict.fromkeys([*own, *self.of_storage()]))

    def of_storage(self) -> tuple[str, ...]:
        """The variables that hold the credentials of the object storage accounts are in."""
        schemes = [folder.partition("://")[0].lower() for folder in self.folders()]
        names = {name: None for one in schemes for name in CREDENTIALS.get(one, ())}
        return (*names, *([REGION] * ("s3" in schemes)))

    def folders(self) -> tuple[str, ...]:
        """Folders of accounts as the file has them: paths and URLs."""
        return self._of_accounts("folder")

    def policies(self) -> tuple[str, ...]:
        """Policy files of accounts as the file has them."""
        return tuple(policy for policy in self._of_accounts("policy") if policy not in PRESETS)

    def connections(self) -> tuple[str, ...]:
        """Connections of accounts as the file has them: URLs, and names of variables."""
        return self._of_accounts("connection")

    def _of_accounts(self, key: str) -> tuple[str, ...]:
        """Texts that accounts have for a key, and the one that goes for all, each once."""
        content = self._content()
        accounts = content.get("account", [])
        tables = [content.get("defaults"), *(accounts if isinstance(accounts, list) else ())]
        found = [one.get(key) for one in tables if isinstance(one, Mapping)]
        return tuple(dict.fromkeys(text for text in found if isinstance(text, str) and text))

    def _content(self) -> dict[str, Any]:
        """The file of accounts; what is wrong in it, a batch reports."""
        try:
            return tomllib.loads(self.accounts.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ParameterError(f"{self.accounts}: cannot be read ({error}).") from error

    def roles(self) -> list[str]:
        """The step about credentials of object storage, which a computer may have otherwise."""
        names = ", ".join(name for name in self.of_storage() if name != REGION)
        may = f"Leave out {names} where the computer has a role of its own in the cloud."
        return [may] if names else []


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
