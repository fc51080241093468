"""The tables of an account in a folder of its own, for those who have no files to read again.

::

    CACHE/<key of the content>/
      odr-account.json    the policy and the marketplace the tables were made with
      account.json        what an entry of the cache has: receipt, first order, known to
      *.parquet           the small tables, orders and items

Such a folder is an entry of the cache: equal tables have one place, and a damaged one is replaced.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.account import TABLES, Account
from odr_analysis.cache import key_of
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, silent
from odr_analysis.schema import typed
from odr_analysis.source import Reading, cache_at, checked_marketplace
from odr_analysis.terms import ITEM_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

MARKER = "odr-account.json"
LONG_TABLES = ("orders", "items")


def save_account(
    account: Account, *, marketplace: str | None = None, cache: str | Path = "default"
) -> Path:
    """Write the tables of an account, orders and items too, into the cache; returns the folder.

    :func:`~odr_analysis.load_account` opens it, under the policy of `account` alone: which orders
    count was decided where they were. The same tables always have the same folder.

    Parameters
    ----------
    account : Account
    marketplace : str, optional
        What it was loaded with.
    cache : str or pathlib.Path
        As for :func:`~odr_analysis.load_account`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> from odr_analysis import account_from_frames, load_account
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "marketplace": "Amazon.de",
    ...                        "ordered_on": "2026-08-10", "channel": "mfn"})
    >>> account = account_from_frames(orders)
    >>> with TemporaryDirectory() as place:
    ...     again = load_account(save_account(account, cache=place), cache=None)
    ...     again.daily.equals(account.daily), len(again.orders)
    (True, 3)
    """
    # Only who saves needs it; an account is opened by whoever loads one.
    from odr_analysis.exports.files.scan import sha256_of

    def write(folder: Path) -> str:
        for name in (*TABLES, *LONG_TABLES):
            getattr(account, name).to_parquet(folder / f"{name}.parquet", index=False)
        first = account.first_order
        facts = {
            "known_to": account.known_to.isoformat(),
            "first_order": first and first.isoformat(),
            "receipt": account.receipt.to_dict(),
        }
        made_with = {
            "policy": account.policy.to_dict(),
            "marketplace": checked_marketplace(marketplace),
        }
        for file, content in (("account.json", facts), (MARKER, made_with)):
            (folder / file).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return key_of(["saved", [[p.name, sha256_of(p)] for p in sorted(folder.iterdir())]])

    store = cache_at(cache)
    store.tidy()
    return store.store(write)


def is_saved(folder: Path) -> bool:
    """Whether a folder is a saved account and not exports."""
    return os.path.isfile(folder / MARKER)  # which, unlike the method, never raises


class SavedReading(Reading):
    """A saved account: its tables are finished, and what is kept with them is in the cache.

    Raises
    ------
    ParameterError
        Another policy or marketplace is asked for than its tables were made with.
    """

    def __init__(
        self,
        folder: Path,
        policy: Policy | None,
        cache: str | Path | None,
        marketplace: str | None,
        memory_limit: str | None,
        today: date | None = None,
        progress: Progress = silent,
    ):
        marked: dict[str, Any] = json.loads((folder / MARKER).read_text("utf-8"))
        made_with = Policy(**marked["policy"])
        asked = (policy or made_with).to_dict()
        if differ := [rule for rule, value in marked["policy"].items() if asked[rule] != value]:
            raise ParameterError(
                f"policy: the account in {folder} was counted under another one "
                f"({', '.join(differ)} differ). Load it anew from where it is, under this policy."
            )
        if checked_marketplace(marketplace) not in (None, marked["marketplace"]):
            raise ParameterError(
                f"marketplace={marketplace!r}: the account in {folder} was saved with "
                f"{marked['marketplace']!r}. Load it anew from where it is, with that marketplace."
            )
        super().__init__(folder, made_with, cache, marketplace, memory_limit, today, progress)

    def _look(self) -> None:
        """There are no files to be read."""

    def _homes(self) -> tuple[Path, Path]:
        return self.folder, self.folder

    def orders(self) -> pd.DataFrame:
        """``Account.orders``."""
        import pandas as pd

        return pd.read_parquet(self.folder / "orders.parquet")

    def items(self) -> pd.DataFrame:
        """``Account.items``."""
        import pandas as pd

        return typed(pd.read_parquet(self.folder / "items.parquet"), ITEM_COLUMNS)
