"""What a driver says when it refuses, in one sentence: without passwords, and whether it may pass.

Each driver has errors of its own, so their words are looked at, not their types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from odr_analysis.errors import passes

MASK = "***"
MOST_SAID = 300
"""Letters of an engine's own message that are shown: Spark adds the plan of the query."""
_PASSWORD = re.compile(r"\w://[^:@/]*:(?P<password>.*)@", re.DOTALL)
"""Up to the last ``@``, since a password that is not written as URLs want it may hold some."""
_OPTION = re.compile(r"[?&](?P<name>[^=&]+)=(?P<value>[^&#]+)")
_SECRET = re.compile(r"pass|pwd|token|secret|key|credential", re.IGNORECASE)
_PASSING = re.compile(
    r"connection (refused|reset)|connection.*(lost|closed)|(closed the|terminating) connection"
    r"|timeout|timed out|unreachable|temporar(ily|y failure)|starting up|shutting down"
    r"|too many (clients|connections)|could not set lock",
    re.IGNORECASE,
)
"""Words of refusals that may not come again."""


def masked(text: str, url: str) -> str:
    """A text without the passwords of a URL, whichever way they are written in it.

    >>> masked("no reader:a%40b@host; a@b", "postgres://reader:a%40b@host/shop")
    'no reader:***@host; ***'
    >>> masked("snowflake://me@shop?token=abc", "snowflake://me@shop?token=abc")
    'snowflake://me@shop?token=***'
    """
    secrets = [found["password"] for found in _PASSWORD.finditer(url)]
    secrets += [o["value"] for o in _OPTION.finditer(url) if _SECRET.search(o["name"])]
    plain = [unquote(secret) for secret in secrets]
    ways = {*secrets, *plain, *(quote(one, safe="") for one in plain)}
    for secret in sorted(ways - {""}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def said(error: BaseException, url: str = "") -> str:
    """What an error says, on one line and without the passwords of `url`.

    >>> said(ValueError("no such host\\nHINT: look again"))
    'no such host'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # Masked before it is cut, or the rest of a password would be left.
    return masked((lines or [type(error).__name__])[0], url)[:MOST_SAID].rstrip(".")


def may_pass(error: BaseException) -> bool:
    """Whether a refusal may not come again: of a busy warehouse, or a network that is down.

    >>> may_pass(RuntimeError("connection to 10.0.0.1 failed: Connection refused"))
    True
    >>> may_pass(RuntimeError("password authentication failed"))
    False
    """
    return any(passes(one) or _PASSING.search(str(one)) for one in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those it comes from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
