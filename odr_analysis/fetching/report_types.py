"""Which reports are downloaded, for which days each is asked for, and under which name it is kept.

Reports that hold days are asked for in blocks of a fixed number of days, counted from a fixed day,
so that one block has one file whatever days a run is about. What may still change is asked for
again on a later day: an order counts until its 74th, and meanwhile its status, a feedback that is
removed, or the claim of a return changes the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from odr_analysis import words
from odr_analysis.errors import ParameterError
from odr_analysis.terms import MARKETPLACES

SETTLED_DAYS = 75
"""Days after its last day on which a report that was asked for does not change any more."""
KEPT_DAYS = 90
"""Days for which Amazon keeps a report that it makes by itself."""


@dataclass(frozen=True)
class ReportType:
    """One kind of report.

    Attributes
    ----------
    name : str
        What users call it.
    amazon : str
        What the Reports API calls it.
    days : int
        Most days of one report; 0 where it is about no days of its own.
    listed : bool
        Whether Amazon makes it by itself, so that it is looked for and not asked for.
    ending : str
        Of the name of its file.
    """

    name: str
    amazon: str
    days: int = 0
    listed: bool = False
    ending: str = "txt"


REPORT_TYPES: dict[str, ReportType] = {
    kind.name: kind
    for kind in (
        ReportType("orders", "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", days=30),
        # No limit is documented for feedback; that of orders is safe.
        ReportType("feedback", "GET_SELLER_FEEDBACK_DATA", days=30),
        ReportType("returns", "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", days=60),
        ReportType("settlements", "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", listed=True),
        ReportType("performance", "GET_V2_SELLER_PERFORMANCE_REPORT", ending="json"),
    )
}
"""Reports by name. Amazon offers none of A-to-z claims or chargebacks."""


@dataclass(frozen=True)
class Wanted:
    """One report to ask for: of one marketplace, or of all that were given.

    ``key`` tells it from others, also in later runs; ``file`` is the name of its file.
    """

    kind: ReportType
    marketplaces: tuple[str, ...]
    first: date
    last: date
    key: str
    file: str

    @property
    def title(self) -> str:
        """What it is, for a reader."""
        stores = words.listed(self.marketplaces)
        if self.first == self.last:
            return f"{self.kind.name} of {stores}, {words.day(self.first)}"
        return f"{self.kind.name} of {stores}, {words.span(self.first, self.last)}"


def checked_names(names: Iterable[str]) -> tuple[ReportType, ...]:
    """Kinds of reports by their names, each once.

    Raises
    ------
    ParameterError
        There is none of that name.

    Examples
    --------
    >>> [kind.days for kind in checked_names(["orders", "returns"])]
    [30, 60]
    """
    kinds = dict.fromkeys(name.strip().casefold() for name in names)
    for name in kinds:
        if name not in REPORT_TYPES:
            raise ParameterError(
                f"{name!r} is no report that can be downloaded. Known: {', '.join(REPORT_TYPES)}."
            )
    return tuple(REPORT_TYPES[name] for name in kinds)


def wanted(
    kinds: Iterable[ReportType],
    marketplaces: tuple[str, ...],
    first: date,
    last: date,
    today: date,
) -> Iterator[Wanted]:
    """Every report to ask for about the days from `first` to `last`.

    Examples
    --------
    >>> days = date(2026, 9, 20), date(2026, 10, 20)
    >>> for one in wanted(checked_names(["orders"]), ("Amazon.de",), *days, days[1]):
    ...     print(one.file, one.first, one.last)
    orders-Amazon.de-2026-09-01.txt 2026-09-20 2026-09-30
    orders-Amazon.de-2026-10-01.txt 2026-10-01 2026-10-20
    """
    for kind in kinds:
        if kind.listed:
            continue
        if not kind.days:
            # All that were given are in one region, and in one report.
            where = MARKETPLACES[marketplaces[0]].country
            key = f"{kind.name}-{where}-{today}"
            yield Wanted(kind, marketplaces, today, today, key, f"{key}.{kind.ending}")
            continue
        for marketplace in marketplaces:
            for begin in _blocks(first, last, kind.days):
                key = f"{kind.name}-{marketplace}-{begin}"
                end = begin + timedelta(days=kind.days - 1)
                days = max(begin, first), min(end, last)
                yield Wanted(kind, (marketplace,), *days, key, f"{key}.{kind.ending}")


def _blocks(first: date, last: date, days: int) -> Iterator[date]:
    """First day of each block that holds a day from `first` to `last`."""
    for number in range(first.toordinal() // days, last.toordinal() // days + 1):
        yield date.fromordinal(number * days)
