"""The store of an order that no column names: by the buyer's alias, else by the currency.

Unshipped and new orders name no sales channel. The alias of a buyer's address ends in the store's
own domain (``...@marketplace.amazon.fr``), and most currencies are those of one store. One list
of each serves both roads of order exports.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from odr_analysis import terms

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

DOMAINS: dict[str, str] = {f"@marketplace.{name.lower()}": name for name in terms.MARKETPLACES}
"""Ending of a buyer's alias, in lower case, to the store."""

_SHARED = Counter(store.currency for store in terms.MARKETPLACES.values())
CURRENCIES: dict[str, str] = {
    store.currency: name
    for name, store in terms.MARKETPLACES.items()
    if _SHARED[store.currency] == 1
}
"""Currency to its store, where one store alone has it."""

TRACES = ("buyer_email", "currency")
"""Raw columns the store is read off."""


def alias_store(email: str) -> str:
    """The store in the domain of a buyer's alias, '' where it is not one.

    >>> alias_store("abc@Marketplace.amazon.co.uk"), alias_store("abc@example.com")
    ('Amazon.co.uk', '')
    """
    return DOMAINS.get("@" + email.strip().lower().rpartition("@")[2], "")


def traced_store(buyer_email: ir.StringColumn, currency: ir.StringColumn) -> ir.StringColumn:
    """The store of each order row, '' where neither names one; see :func:`traced_stores`."""
    import ibis

    email, code = buyer_email.lower().strip(), currency.upper().strip()
    return ibis.cases(
        *[(email.endswith(ending), store) for ending, store in DOMAINS.items()],
        *[(code == known, store) for known, store in CURRENCIES.items()],
        else_="",
    )


def traced_stores(buyer_email: pd.Series, currency: pd.Series) -> pd.Series:
    """The same for columns of text.

    >>> import pandas as pd
    >>> mails = pd.Series(["a@marketplace.amazon.fr", "", ""])
    >>> traced_stores(mails, pd.Series(["EUR", "GBP", "EUR"])).tolist()
    ['Amazon.fr', 'Amazon.co.uk', '']
    """
    by_mail = buyer_email.fillna("").map(alias_store)
    by_money = currency.str.upper().str.strip().map(CURRENCIES).fillna("")
    return by_mail.where(by_mail != "", by_money).astype("str")
