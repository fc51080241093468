"""The synthetic orders: who bought what, when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from odr_analysis import terms
from odr_analysis.sample.model.catalogue import CITIES, ID_PREFIXES, PRODUCTS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.scenarios import Setting

HOUR, DAY = 3_600, 86_400
SERVICES: tuple[str, ...] = ("Standard", "Expedited")
WEEKDAYS: tuple[float, ...] = (1.12, 1.05, 1.0, 0.98, 0.93, 0.9, 1.1)
"""Orders by weekday, Monday first."""

HOURS: tuple[float, ...] = (
    *(1.0, 0.6, 0.4, 0.3, 0.4, 0.8, 1.5, 2.5, 3.2, 3.8, 4.2, 4.4),
    *(4.5, 4.4, 4.4, 4.5, 4.8, 5.4, 6.2, 6.8, 6.6, 5.2, 3.4, 1.8),
)
"""Orders by hour of the day, UTC."""

TINY_IN_WINDOW, TINY_AFTER, TINY_BEFORE = 45, 12, 30
_ID_STEP = 61_803_398_874_991
"""Odd and no multiple of 5, so that ``i * step mod 10**14`` never repeats below 10**14."""


@dataclass(eq=False)
class Orders:
    """Orders in the order they were placed. Every array has one element per order,
    except the ``item_`` ones (one per item, ``item_order`` pointing to its order).

    Moments are seconds since 1970 UTC; ``day`` is days since then.
    """

    ids: list[str]
    placed_at: np.ndarray
    paid_at: np.ndarray
    done_at: np.ndarray
    """When it was shipped, or cancelled."""
    cancelled: np.ndarray
    is_mfn: np.ndarray
    market: np.ndarray
    sales_channel: np.ndarray
    service: np.ndarray
    city: np.ndarray
    item_order: np.ndarray
    item_product: np.ndarray
    item_quantity: np.ndarray
    item_cancelled: np.ndarray
    not_counted: dict[int, str] = field(default_factory=dict)
    """Order to the reason it leaves the denominator."""

    @property
    def n(self) -> int:
        return len(self.ids)

    @property
    def day(self) -> np.ndarray:
        return self.placed_at // DAY

    def items_of(self) -> list[list[int]]:
        """Positions of each order's items."""
        found: list[list[int]] = [[] for _ in range(self.n)]
        for item, order in enumerate(self.item_order.tolist()):
            found[order].append(item)
        return found

    def shipped_by(self, moment: int) -> np.ndarray:
        """Which orders had been shipped at `moment`."""
        return ~self.cancelled & (self.done_at <= moment)


def country_of(marketplace: str) -> str:
    """Two-letter country of a store."""
    return terms.MARKETPLACES[marketplace].country


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - date(1970, 1, 1)).days


def as_date(day: int) -> date:
    """The date `day` days after 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=day)


def make_orders(setting: Setting, n: int, days: int, end: date, draws: Draws) -> Orders:
    """`n` orders placed on the `days` days up to `end`; 87 of them for a tiny account."""
    last_day = day_number(end)
    age = _tiny_ages(draws) if setting.tiny else _ages(setting, n, days, end, draws)
    n = len(age)
    hour = draws.picks(HOURS, n)
    placed_at = (last_day - age) * DAY + hour * HOUR + draws.below(HOUR, n)
    placed_at = np.sort(placed_at)
    # the exports know of the last day in every scenario, so that as_of is that day
    placed_at[-1] = max(placed_at[-1], last_day * DAY + 20 * HOUR)

    is_mfn = draws.hits(1.0 if setting.tiny else setting.mfn_share, n)
    market = draws.picks([share for _, share in setting.marketplaces], n)
    names = np.array([name for name, _ in setting.marketplaces], dtype=object)
    paid_at = placed_at + np.where(
        draws.hits(0.85, n), 600 + draws.below(HOUR, n), HOUR + draws.below(30 * HOUR, n)
    )
    slow = np.where(is_mfn, 40 * HOUR, 20 * HOUR)
    shipped_at = paid_at + 2 * HOUR + (draws.uniform(n) * slow).astype(np.int64)
    cancelled = draws.hits(0.03, n)
    cancelled[-1] = False
    done_at = np.where(cancelled, placed_at + HOUR + draws.below(60 * HOUR, n), shipped_at)
    paid_at = np.where(cancelled, np.minimum(paid_at, done_at), paid_at)

    n_items = 1 + draws.picks([0.80, 0.15, 0.05], n)
    item_order = np.repeat(np.arange(n), n_items)
    m = len(item_order)
    prefix = draws.uniform(n)
    start = int(draws.one() * 10**14)
    ids = [
        _order_id(prefix[i], ID_PREFIXES[country_of(names[market[i]])], start + i * _ID_STEP)
        for i in range(n)
    ]
    orders = Orders(
        ids=ids,
        placed_at=placed_at,
        paid_at=paid_at,
        done_at=done_at,
        cancelled=cancelled,
        is_mfn=is_mfn,
        market=market,
        sales_channel=names[market],
        service=(draws.uniform(n) < np.where(is_mfn, 0.22, 0.5)).astype(np.int64),
        city=_cities(setting, market, draws),
        item_order=item_order,
        item_product=draws.picks([p.weight for p in PRODUCTS], m),
        item_quantity=1 + draws.picks([0.86, 0.11, 0.03], m),
        item_cancelled=draws.hits(0.004, m) & (n_items[item_order] > 1),
    )
    if not setting.tiny:
        _mark_other_channels(orders, country_of(names[0]), draws)
    return orders


def _ages(setting: Setting, n: int, days: int, end: date, draws: Draws) -> np.ndarray:
    age = np.arange(days)
    weekday = (end.weekday() - age) % 7
    weights = setting.volume(age) * np.asarray(WEEKDAYS)[weekday]
    return draws.picks(weights, n)


def _tiny_ages(draws: Draws) -> np.ndarray:
    return np.concatenate(
        [
            draws.below(15, TINY_AFTER),
            15 + draws.below(60, TINY_IN_WINDOW),
            75 + draws.below(90, TINY_BEFORE),
        ]
    )


def _order_id(u: float, prefixes: tuple[str, ...], number: int) -> str:
    digits = f"{number % 10**14:014d}"
    return f"{prefixes[int(u * len(prefixes))]}-{digits[:7]}-{digits[7:]}"


def _cities(setting: Setting, market: np.ndarray, draws: Draws) -> np.ndarray:
    sizes = np.array([len(CITIES[country_of(name)]) for name, _ in setting.marketplaces])
    return (draws.uniform(len(market)) * sizes[market]).astype(np.int64)


def _mark_other_channels(orders: Orders, country: str, draws: Draws) -> None:
    """Turn a few Amazon-fulfilled orders into ones sold elsewhere: they leave the denominator."""
    hit = draws.hits(0.012, orders.n) & ~orders.is_mfn
    hit[-1] = False
    kind = draws.picks([0.5, 0.25, 0.25], orders.n)
    for i in np.flatnonzero(hit).tolist():
        if kind[i] == 2:
            orders.ids[i] = "S02" + orders.ids[i][3:]
            orders.not_counted[i] = "multi-channel order"
            continue
        orders.sales_channel[i] = ("Non-Amazon", f"Non-Amazon {country}")[kind[i]]
        orders.not_counted[i] = "not an Amazon order"
        if kind[i] == 0:
            orders.ids[i] = "S01" + orders.ids[i][3:]
