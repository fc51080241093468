"""What a process answers on standard output, where nothing else may be written.

Whatever else the process or a library in it prints there goes to standard error. Objects travel
pickled, as one line of text.
"""

from __future__ import annotations

import base64
import os
import pickle
import sys
from typing import Any, TextIO


def own_channel() -> TextIO:
    """Standard output for answers alone; from now on all others write to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def packed(what: Any) -> str:
    """An object as a line of text.

    >>> unpacked(packed({"day": (1, None)}))
    {'day': (1, None)}
    """
    return base64.b64encode(pickle.dumps(what)).decode("ascii")


def unpacked(text: str) -> Any:
    """The object that :func:`packed` has made a line of."""
    return pickle.loads(base64.b64decode(text))
