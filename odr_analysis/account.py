"""A seller account as data: what every floor above works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import pandas as pd

    from odr_analysis.receipt import Receipt

TABLES = ("daily", "defective", "defects", "feedback", "snapshots", "lapses", "returns")
"""Small tables of an account, each a file of its cache entry."""


_opened_by: list[Callable[[Account, date | str | None], Any]] = []


def open_days_with(opener: Callable[[Account, date | str | None], Any]) -> None:
    """Have ``Account.on`` answered by `opener`, which a floor above provides."""
    _opened_by[:] = [opener]


class Source(Protocol):
    """What brings the long tables of an account: a folder, an archive, frames."""

    def orders(self) -> pd.DataFrame:
        """``Account.orders``, the caller's own."""

    def items(self) -> pd.DataFrame:
        """``Account.items``, the caller's own."""

    def earlier_snapshots(self) -> Iterable[pd.DataFrame]:
        """Performance reports that were known before those of the account; newest first."""

    def keep(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The table `make` returns, kept under `name` with the account's own tables."""


@dataclass(frozen=True, eq=False)
class Account:
    """Orders and defects of one seller, under one policy.

    Small tables are at hand; the two long ones (`orders`, `items`) are read when
    asked for.

    Attributes
    ----------
    name : str
        What the reports call the account; by default the folder's name.
    policy : Policy
        The rules `daily`, `defective` and `defects.counts` were made with.
    known_to : datetime.date
        Latest day the exports know anything of; the default ``as_of``.
    receipt : Receipt
        What became of every file and row.
    daily : pandas.DataFrame
        One row per order day x marketplace x channel; see ``terms.DAILY_COLUMNS``.
    defective : pandas.DataFrame
        One row per counted order with a counting defect; see ``terms.DEFECTIVE_COLUMNS``.
    defects : pandas.DataFrame
        One row per sighting of a defect; see ``terms.DEFECT_COLUMNS``.
    feedback : pandas.DataFrame
        One row per feedback of any rating; see ``terms.FEEDBACK_COLUMNS``.
    snapshots : pandas.DataFrame
        One row per metric of each performance report among the files; see
        ``terms.SNAPSHOT_COLUMNS``. Those an archive had before are in `snapshot_history`.
    lapses : pandas.DataFrame
        One row per order in a list of late, cancelled or untracked orders; see
        ``terms.LAPSE_COLUMNS``.
    returns : pandas.DataFrame
        One row per return request of a seller-fulfilled order; see ``terms.RETURN_COLUMNS``.
    source : Source
        What brings `orders` and `items`.
    first_order : datetime.date or None
        Day of the first order in the order exports, whether or not it counts.

    Examples
    --------
    Three orders, one of them with a claim:

    >>> import pandas as pd
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-08-10", "2026-08-10", "2026-08-20"],
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["c"], "component": "claim",
    ...                         "reported_on": ["2026-09-01"]})
    >>> account = account_from_frames(orders, defects)
    >>> account.series, account.known_to.isoformat()
    ([('Amazon.de', 'mfn')], '2026-09-01')
    >>> account.daily[["ordered_on", "n_orders"]]
      ordered_on  n_orders
    0 2026-08-10         2
    1 2026-08-20         1
    """

    name: str
    policy: Policy
    known_to: date
    receipt: Receipt
    daily: pd.DataFrame
    defective: pd.DataFrame
    defects: pd.DataFrame
    feedback: pd.DataFrame
    snapshots: pd.DataFrame
    lapses: pd.DataFrame
    returns: pd.DataFrame
    source: Source = field(repr=False)
    first_order: date | None = None
    days: dict[date, Any] = field(default_factory=dict, init=False, repr=False)
    """Days asked for with :meth:`on`, the one used last at the end."""

    def on(self, day: date | str | None = None) -> Any:
        """This account on one day, with every table worked out once.

        Parameters
        ----------
        day : datetime.date, pandas.Timestamp or ISO text, optional
            By default (None or '') `known_to`.

        Returns
        -------
        AccountDay
            The same object for the same day: ``rates``, ``defects``, ``bridge(since)``,
            ``causes``, ``worklist``, ``ahead``, ``what_if(scenario)``, ``findings``; see
            ``odr_analysis.AccountDay``.

        Raises
        ------
        ParameterError
            `day` is not a date.

        Examples
        --------
        >>> from odr_analysis import load_sample
        >>> day = load_sample().on("2026-09-30")
        >>> len(day.defects), int(day.today.n_defective.sum())
        (22, 22)
        """
        (opener,) = _opened_by
        return opener(self, day)

    @property
    def snapshot_history(self) -> pd.DataFrame:
        """Every performance report known by the day the account is known on.

        One row per metric of each; see ``terms.SNAPSHOT_COLUMNS``. Of a folder that is
        `snapshots`. Of an archive, reports of earlier deliveries whose files have been
        replaced or are gone follow, newest first, each content once; their ``file`` names
        the delivery.

        Warns
        -----
        OdrWarning
            What an earlier delivery held is damaged; its reports are left out.
        """
        earlier = list(self.source.earlier_snapshots())
        if not earlier:
            return self.snapshots
        import pandas as pd

        return pd.concat([self.snapshots, *earlier], ignore_index=True)

    @property
    def orders(self) -> pd.DataFrame:
        """One row per order id; see ``terms.ORDER_COLUMNS``."""
        return self.source.orders()

    @property
    def items(self) -> pd.DataFrame:
        """One row per order id and SKU; see ``terms.ITEM_COLUMNS``."""
        return self.source.items()

    def keep(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The table `make` returns, kept under a name with the account's own tables.

        What takes long and follows from them is so made once. The name says what it is made by.
        """
        return self.source.keep(name, make)

    @cached_property
    def series(self) -> list[tuple[str, str]]:
        """The (marketplace, channel) pairs that have orders, in reading order."""
        pairs = self.daily[["marketplace", "channel"]].drop_duplicates()
        order = {"mfn": 0, "afn": 1}
        return sorted(
            map(tuple, pairs.to_numpy().tolist()), key=lambda p: (p[0], order.get(p[1], 2), p[1])
        )
