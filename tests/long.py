"""How often the costly tests try: enough to find a fault of the kind, or far more.

Set ``ODR_LONG_TESTS=1`` and they try as many examples and mutants as stand behind ``long=``.
"""

from __future__ import annotations

import os

LONG = os.environ.get("ODR_LONG_TESTS", "") == "1"


def usually(n: int, *, long: int) -> int:
    """`n` in a usual run, `long` where a long one is asked for."""
    return long if LONG else n
