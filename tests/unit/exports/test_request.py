"""How files are to be read."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from odr_analysis.exports.request import Asked, How


def marketplace_of(asked: Asked) -> str | None:
    return asked.marketplace


def test_it_has_what_readers_ask_for_and_does_not_change():
    how = How("Amazon.de", "1GB", date(2026, 9, 30))
    assert (marketplace_of(how), how.memory_limit, how.today) == (
        "Amazon.de",
        "1GB",
        date(2026, 9, 30),
    )
    assert How(None, None).today is None, "no clock unless it is handed down"
    with pytest.raises(FrozenInstanceError):
        how.marketplace = None
