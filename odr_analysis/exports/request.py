"""How files are to be read, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from odr_analysis.cache import Cache
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress


class Asked(Protocol):
    """How files are to be read."""

    @property
    def marketplace(self) -> str | None: ...

    @property
    def memory_limit(self) -> str | None: ...

    @property
    def today(self) -> date | None: ...


@dataclass(frozen=True)
class How:
    """How the files are to be read."""

    marketplace: str | None
    memory_limit: str | None
    today: date | None = None


class ForAccount(Asked, Protocol):
    """How the files of a folder become the tables of an account, and where they are kept."""

    @property
    def folder(self) -> Path: ...

    @property
    def paths(self) -> list[Path]: ...

    @property
    def policy(self) -> Policy: ...

    @property
    def progress(self) -> Progress: ...

    @property
    def store(self) -> Cache: ...

    @property
    def facts_home(self) -> Path: ...

    def facts_key(
        self, contents: dict[str, list[list[str]]], furthest: date | None = None
    ) -> str: ...
