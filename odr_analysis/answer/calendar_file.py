"""The days ahead as a calendar file that any calendar program reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.day import account_day
from odr_analysis.rates.defects import COUNTS
from odr_analysis.visible import visible

MOST_ORDERS = 20
"""Order ids named in one event; the rest are counted."""


def to_ics(account: Account, as_of: date | str | None = None, *, horizon_days: int = 75) -> bytes:
    """Days on which known defects enter and leave the window, and from which on a rate over the
    target is forecast to be under it, as an iCalendar file (RFC 5545).

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
        per one on which they enter, with their order ids; and up to two per rate over the target:
        from when on it is more likely under it than not, and from when on with 90 % or more. The
        same account and day give the same bytes, so that importing a file again updates its events.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> to_ics(load_sample()).decode().splitlines()[0]
    'BEGIN:VCALENDAR'
    """
    from icalendar import Calendar, Event

    day = account_day(account, as_of)
    ahead, today = day.look_ahead(horizon_days).forecast, day.as_of
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
    over = {card.pair for card in day.cards if card.state == "critical" and card.whole}
    for row in ahead.outlook.to_dict("records"):
        marketplace, channel = str(row["marketplace"]), str(row["channel"])
        name = words.series(marketplace, channel, alone=alone)
        for key, how in (("even", "more likely than not"), ("likely", "with 90 % or more")):
            if (marketplace, channel) in over and not pd.isna(row[f"{key}_from"]):
                add(
                    pd.Timestamp(row[f"{key}_from"]).date(),
                    f"{key}-{marketplace}-{channel}",
                    f"{name} ODR under {target} from today, {how}",
                    f"Forecast of {words.day(today)}: reports still to come are estimated, and "
                    "orders are expected to go on as lately.",
                )
    return bytes(calendar.to_ical())


def _ids(ids: list[str], kinds: list[str]) -> str:
    lines = [f"{i}: {kind}" for i, kind in zip(ids, kinds, strict=True)][:MOST_ORDERS]
    if len(ids) > MOST_ORDERS:
        lines.append(f"and {len(ids) - MOST_ORDERS} more")
    return "\n".join(lines)
