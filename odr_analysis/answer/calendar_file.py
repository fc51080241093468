"""The days ahead as a calendar file that any calendar program reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.day import account_day
from odr_analysis.forecasting.roll_off import back_under
from odr_analysis.rates.defects import COUNTS
from odr_analysis.visible import visible

MOST_ORDERS = 20
"""Order ids named in one event; the rest are counted."""


def to_ics(account: Account, as_of: date | str | None = None, *, horizon_days: int = 75) -> bytes:
    """Days on which known defects enter and leave the window, and on which known defects alone
    would leave a rate under the target, as an iCalendar file (RFC 5545).

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    horizon_days : int
        How many days to look ahead.

    Returns
    -------
    bytes
        One all-day event per day, marketplace and channel on which defective orders leave, and
        per one on which they enter, with their order ids; and one per rate over the target that
        known defects alone would let fall under it. The same account and day give the same bytes,
        so that importing a file again updates its events.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> to_ics(load_sample()).decode().splitlines()[0]
    'BEGIN:VCALENDAR'
    """
    from icalendar import Calendar, Event

    day = account_day(account, as_of)
    path, today = day.roll_off(horizon_days), day.as_of
    last = today + timedelta(days=horizon_days)
    defects = day.defects
    alone = defects.marketplace.nunique() <= 1
    target = words.level(account.policy.target)
    calendar = Calendar()
    calendar.add("prodid", "-//odr-analysis//Order Defect Rate//EN")
    calendar.add("version", "2.0")
    owner = visible(account.name)
    calendar.add("x-wr-calname", f"Order Defect Rate of {owner}")

    def add(day: date, key: str, summary: str, text: str) -> None:
        event = Event()
        event.add("uid", f"{day.isoformat()}-{visible(key)}-{owner}@odr-analysis".replace(" ", "-"))
        # The time stamp is that of what was known, so that the file does not change by itself.
        event.add("dtstamp", datetime.combine(today, time(), UTC))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", visible(summary))
        event.add("description", visible(text))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)

    gone = defects[defects.phase == COUNTS].assign(day=lambda t: t.leaves_on + pd.Timedelta(days=1))
    coming = defects[defects.phase != COUNTS].assign(day=lambda t: t.enters_on)
    for what, verb, rows in (("leave", "leaves", gone), ("enter", "enters", coming)):
        inside = rows[rows.day <= pd.Timestamp(last)]
        keys = ["day", "marketplace", "channel"]
        for _, found in inside.groupby(keys):
            first, n = found.iloc[0], len(found)
            marketplace, channel = str(first.marketplace), str(first.channel)
            name = words.series(marketplace, channel, alone=alone)
            add(
                first.day.date(),
                f"{what}-{marketplace}-{channel}",
                f"{words.counted(n, 'defective order')} {verb if n == 1 else what} the ODR "
                f"window ({name})",
                _ids(found.order_id.tolist(), found.kinds.tolist()),
            )
    over = path[(path.day == path.day.min()) & (path.n_orders > 0) & ~path.under_target]
    back = back_under(path).merge(over[["marketplace", "channel"]])
    for row in back[back.day.notna()].itertuples():
        name = words.series(str(row.marketplace), str(row.channel), alone=alone)
        add(
            pd.Timestamp(str(row.day)).date(),
            f"back-{row.marketplace}-{row.channel}",
            f"{name} ODR under {target} only {words.IF_NOTHING_MORE}",
            "Orders are assumed to continue as lately and to have no defect, and defects not "
            "reported yet are left out. This is not a forecast: most rates turn out higher.",
        )
    return bytes(calendar.to_ical())


def _ids(ids: list[str], kinds: list[str]) -> str:
    lines = [f"{i}: {kind}" for i, kind in zip(ids, kinds, strict=True)][:MOST_ORDERS]
    if len(ids) > MOST_ORDERS:
        lines.append(f"and {len(ids) - MOST_ORDERS} more")
    return "\n".join(lines)
