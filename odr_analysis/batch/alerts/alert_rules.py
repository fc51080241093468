"""What is worth a message, and where messages go: the tables of the file of accounts."""

from __future__ import annotations

import os
from collections.abc import Mapping

import attrs

from odr_analysis.batch.from_environment import from_environment
from odr_analysis.fields import field

ATTACHED = ("", "html", "pdf")


def _is_share(value: float) -> bool:
    return 0 <= value <= 1


def _is_not_negative(value: float) -> bool:
    return value >= 0


@attrs.frozen
class AlertRules:
    """What is worth a message: the table ``[alerts]`` of the file of accounts.

    Attributes
    ----------
    worsened : bool
        The state of a rate is worse than on the run before.
    breach_above : float
        Of a rate that is not over the limit, the probability of a breach within 30 days is higher
        than this; 1 for never.
    claim_above : float
        A new A-to-z claim on an order worth more than this, in its own currency; 0 for never.
    failed : bool
        The report of an account failed, after the last retry.
    data_older_than : int
        A source of defects ends more than so many days ago; 0 for never.
    most : int
        Events that one message has at most; those held back are counted in it.

    Raises
    ------
    ParameterError
        A value is of the wrong type, or makes no sense.

    Examples
    --------
    >>> AlertRules(breach_above=0.5).worsened
    True
    >>> AlertRules(most=0)
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: alert_rules: most must be at least 1, got 0.
    """

    worsened: bool = field(True)
    breach_above: float = field(0.5, "a probability from 0 to 1", _is_share)
    claim_above: float = field(0.0, "0 or more", _is_not_negative)
    failed: bool = field(True)
    data_older_than: int = field(0, "0 or more days", _is_not_negative)
    most: int = field(20, "at least 1", lambda n: n >= 1)


@attrs.frozen
class Recipient:
    """Where messages go: a table ``[recipients.NAME]`` of the file of accounts.

    Attributes
    ----------
    url : str
        As the library apprise has it: ``mailto://...``, ``slack://...``, ``json://...``; or
        ``$NAME`` for the value of a variable of the environment.
    attach : {"", "html", "pdf"}
        What goes with the message: nothing, or the index of the recipient's accounts.

    Raises
    ------
    ParameterError
        There is no URL, or nothing of that kind can be attached.
    """

    url: str = field("", "a URL such as mailto://user:password@example.com, or $NAME")
    attach: str = field("", f"one of {', '.join(map(repr, ATTACHED))}", ATTACHED.__contains__)

    def address(self, environment: Mapping[str, str] = os.environ) -> str:
        """The URL itself.

        Raises
        ------
        ParameterError
            The environment has no such variable.

        Examples
        --------
        >>> Recipient("$ODR_OPS").address({"ODR_OPS": "json://localhost"})
        'json://localhost'
        """
        example = "mailto://user:password@example.com"
        return from_environment(self.url, "recipient", example, environment)
