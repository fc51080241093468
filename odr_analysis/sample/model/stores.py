"""How a store's files write days, moments and money, for the accounts of many sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from odr_analysis import terms
from odr_analysis.sample.model.orders import as_date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Store:
    """One store. Moments are seconds since 1970, days are days since then.

    Attributes
    ----------
    name : str
        Sales channel.
    own_encoding : str
        Of downloads that are not in UTF-8.
    csv_encoding : str
        Of the date-range file.
    """

    name: str
    own_encoding: str
    csv_encoding: str

    @property
    def country(self) -> str:
        return terms.MARKETPLACES[self.name].country

    @property
    def currency(self) -> str:
        return terms.MARKETPLACES[self.name].currency

    @property
    def whole(self) -> bool:
        """Whether its money has no cents."""
        return self.currency == "JPY"

    def at(self, moment: int) -> datetime:
        """A moment in the store's own time."""
        zone = ZoneInfo(terms.MARKETPLACES[self.name].time_zone)
        return datetime.fromtimestamp(moment, UTC).astimezone(zone)

    def day(self, day: int) -> str:
        """A day as its Account Health downloads write it."""
        on = as_date(day)
        if self.country == "US":
            return f"{MONTHS[on.month - 1]} {on.day}, {on.year}"
        return f"{on:%Y/%m/%d}" if self.country == "JP" else f"{on:%d.%m.%Y}"

    def typed_day(self, day: int) -> str:
        """A day as its seller types it."""
        on = as_date(day)
        if self.country == "US":
            return f"{on.month}/{on.day}/{on.year}"
        return f"{on:%Y/%m/%d}" if self.country == "JP" else on.isoformat()

    def settled(self, moment: int) -> str:
        """A moment as settlements of the newer layout write it."""
        at = datetime.fromtimestamp(moment, UTC)
        form = {"US": "%Y-%m-%d", "JP": "%Y/%m/%d"}.get(self.country, "%d.%m.%Y")
        return at.strftime(f"{form} %H:%M:%S UTC")

    def booked(self, moment: int) -> str:
        """A moment as its date-range file writes it."""
        at = self.at(moment)
        if self.country == "US":
            half, hour = ("AM", "PM")[at.hour // 12], at.hour % 12 or 12
            clock = f"{hour}:{at.minute:02}:{at.second:02} {half} {at.tzname()}"
            return f"{MONTHS[at.month - 1]} {at.day}, {at.year} {clock}"
        if self.country == "JP":
            return at.strftime("%Y/%m/%d %H:%M:%SJST")
        return datetime.fromtimestamp(moment, UTC).strftime("%d.%m.%Y %H:%M:%S GMT+00:00")

    def money(self, amount: int, *, plain: bool = False) -> str:
        """An amount as its files write it; `plain`: with a point and nothing between thousands."""
        sign, amount = "-" if amount < 0 else "", abs(amount)
        if self.whole:
            return f"{sign}{amount}" if plain else f"{sign}{amount:,}"
        if plain:
            return f"{sign}{amount // 100}.{amount % 100:02}"
        text = f"{sign}{amount // 100:,}.{amount % 100:02}"
        return text.translate(str.maketrans(",.", ".,")) if self.country == "DE" else text

    def number(self, amount: int) -> int | float:
        """An amount as JSON carries it."""
        return amount if self.whole else amount / 100


STORES: dict[str, Store] = {
    store.name: store
    for store in (
        Store("Amazon.de", "windows-1252", "utf-8-sig"),
        Store("Amazon.com", "windows-1252", "utf-8-sig"),
        Store("Amazon.co.jp", "cp932", "cp932"),
    )
}
"""Stores whose every form is known here."""
