"""Order ids: recognise a good one, and name what a spreadsheet did to a bad one."""

from __future__ import annotations

import re

from odr_analysis import faults
from odr_analysis.faults import Fault

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
"""An ordinary order: 3-7-7 digits. Use ``fullmatch``."""
ID_WITHIN = re.compile(rf"(?<!\d){ORDER_ID.pattern}(?!\d)", re.ASCII)
"""An ordinary order's id anywhere in a text."""
OTHER_ID = re.compile(r"[DS]\d{2}-\d{7}-\d{7}", re.ASCII)
"""A digital (``D01-``) or multi-channel (``S01-``) order: well-formed, never in the denominator."""
SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}", re.ASCII | re.IGNORECASE)

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-"))
_AROUND = " \t\r\n\f\v\0\xa0\u200b\u200e\u200f\ufeff\"'="

ID_DROPS: dict[str, Fault] = {
    "missing": faults.ORDER_ID_MISSING,
    "scientific notation": faults.ORDER_ID_ROUNDED,
    "malformed": faults.ORDER_ID_MALFORMED,
}
"""Verdict of :func:`classify_order_id` to the fault a row is dropped for."""


def classify_order_id(text: str) -> tuple[str, str]:
    """What an order-id cell holds.

    Parameters
    ----------
    text : str
        The cell. Spaces, quotes and the ``="..."`` that guards a cell from a
        spreadsheet are taken off, typographic dashes become hyphens.

    Returns
    -------
    tuple of (str, str)
        The verdict (``ok``, ``missing``, ``scientific notation`` or ``malformed``)
        and the trimmed text. Ids starting with ``D`` or ``S`` are ``ok``: whether
        such an order counts is not decided here.

    Examples
    --------
    >>> classify_order_id(' 113-1234567-7654321 ')
    ('ok', '113-1234567-7654321')
    >>> classify_order_id('1.13123E+16')
    ('scientific notation', '1.13123E+16')
    >>> classify_order_id('N/A'), classify_order_id('S01-1234567-1234567')[0]
    (('malformed', 'N/A'), 'ok')
    """
    if ORDER_ID.fullmatch(text):  # nearly every cell, at once
        return "ok", text
    trimmed = text.strip(_AROUND)
    if not trimmed:
        return "missing", ""
    dashed = trimmed.translate(_DASHES).upper()
    if ORDER_ID.fullmatch(dashed) or OTHER_ID.fullmatch(dashed):
        return "ok", dashed
    if SCIENTIFIC.fullmatch(trimmed):
        return "scientific notation", trimmed
    return "malformed", trimmed


def is_order_id(text: str) -> bool:
    """Whether a cell holds a well-formed order id."""
    return classify_order_id(text)[0] == "ok"
