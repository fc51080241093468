"""URLs of the environment: found there, as they are without the sign, and named where missing."""

from __future__ import annotations

import pytest

from odr_analysis.batch.from_environment import from_environment
from odr_analysis.errors import ParameterError


def test_a_variable_stands_for_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_environment("json://x", "recipient", "json://y", {}) == "json://x"
    assert from_environment("$ODR_X", "recipient", "json://y", {"ODR_X": "json://x"}) == "json://x"
    monkeypatch.setenv("ODR_X", "json://z")
    assert from_environment("$ODR_X", "recipient", "json://y") == "json://z"


@pytest.mark.parametrize("environment", [{}, {"ODR_X": ""}])
def test_one_that_is_missing_or_empty_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(
        ParameterError, match=r"connection: .* no variable ODR_X\. .*ODR_X=json://y"
    ):
        from_environment("$ODR_X", "connection", "json://y", environment)
