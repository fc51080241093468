"""What drivers say: no password of a URL, however it is written, and what may pass by itself."""

from __future__ import annotations

import errno

import pytest

from odr_analysis.warehouse.refusals import MOST_SAID, masked, may_pass, said


@pytest.mark.parametrize(
    "url",
    [
        "postgres://me:s3cr%40t@host/shop",
        "postgres://me:s3cr@t@host/shop",
        "snowflake://me@account/shop?password=s3cr%40t&warehouse=w",
        "databricks://host/shop?access_token=s3cr@t",
    ],
)
def test_no_password_is_left(url: str) -> None:
    for text in (url, f"cannot reach {url}", "no s3cr@t", "no s3cr%40t"):
        assert "s3cr" not in masked(text, url)
    assert masked("shop on host", url) == "shop on host"


def test_a_password_is_not_cut_in_two() -> None:
    url = "postgres://me:secret@host/shop"
    assert "sec" not in said(RuntimeError("x" * (MOST_SAID - 3) + "secret"), url)


def test_what_caused_a_refusal_counts() -> None:
    error = RuntimeError("query failed")
    assert not may_pass(error)
    error.__cause__ = TimeoutError(errno.ETIMEDOUT, "no answer")
    assert may_pass(error)


@pytest.mark.parametrize(
    ("words", "passing"),
    [
        ("FATAL:  the database system is starting up", True),
        ("FATAL:  sorry, too many clients already", True),
        ("terminating connection due to administrator command", True),
        ("server closed the connection unexpectedly", True),
        ("IO Error: Could not set lock on file: Conflicting lock is held", True),
        ("[Errno -3] Temporary failure in name resolution", True),
        ('relation "orders" does not exist', False),
        ("permission denied to create temporary tables in database", False),
        ("password authentication failed for user", False),
    ],
)
def test_what_may_pass(words: str, passing: bool) -> None:
    assert may_pass(RuntimeError(words)) is passing
