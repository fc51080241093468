"""URLs that a file of accounts leaves to the environment, which keeps passwords out of it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from odr_analysis.errors import ParameterError

SIGN = "$"
"""A URL that begins so is the name of a variable of the environment."""


def from_environment(
    url: str, what: str, example: str, environment: Mapping[str, str] = os.environ
) -> str:
    """A URL, or that which the variable holds it names.

    Parameters
    ----------
    url : str
    what : str
        Whose URL it is, for a message.
    example : str
        Such a URL, for a message.
    environment : mapping

    Raises
    ------
    ParameterError
        The environment has no such variable.

    Examples
    --------
    >>> from_environment("$ODR_OPS", "recipient", "", {"ODR_OPS": "json://localhost"})
    'json://localhost'
    """
    if not url.startswith(SIGN):
        return url
    name = url.removeprefix(SIGN)
    if not environment.get(name):
        raise ParameterError(
            f"{what}: the environment has no variable {name}. Set it to the URL, e.g. "
            f"{name}={example}."
        )
    return environment[name]
