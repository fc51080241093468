"""Buyers as hashes of their e-mail aliases: told apart, and nothing else of them kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

LETTERS = 16
"""Letters kept of the hash: 64 bits tell all buyers of a seller apart."""


def buyer_hash(address: str) -> str:
    """The hash of an e-mail address, whatever its case; '' where there is none.

    Examples
    --------
    >>> buyer_hash("abc123@marketplace.amazon.de")
    '3dcb6a939df698fe'
    >>> buyer_hash("ABC123@marketplace.amazon.de ") == buyer_hash("abc123@marketplace.amazon.de")
    True
    >>> buyer_hash("")
    ''
    """
    address = address.strip().lower()
    return hashlib.sha256(address.encode()).hexdigest()[:LETTERS] if address else ""


def buyer_hashes(address: ir.StringColumn) -> ir.StringColumn:
    """:func:`buyer_hash` for a column of trimmed addresses."""
    import ibis

    return ibis.cases((address == "", ""), else_=address.lower().hexdigest("sha256")[:LETTERS])
