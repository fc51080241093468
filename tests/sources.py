"""An account whose source brings something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from odr_analysis.account import Account, Source


class Instead:
    """A source like another, but for some of its methods."""

    def __init__(self, source: Source, **methods: Callable[..., Any]) -> None:
        self._source = source
        self.__dict__.update(methods)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def bringing(account: Account, **methods: Callable[..., Any]) -> Account:
    """`account` with a source of these methods (``orders``, ``items``, ``keep``)."""
    return replace(account, source=Instead(account.source, **methods))
