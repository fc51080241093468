"""An account on one day: every table worked out once, however many sections ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.actions.strategies import reason_rates, strategies
from odr_analysis.actions.worklist import worklist
from odr_analysis.answer.build import Findings
from odr_analysis.answer.known import KnownBySeries, what_is_known
from odr_analysis.answer.last_reports import last_reports
from odr_analysis.answer.parts.cards import cards
from odr_analysis.answer.parts.causes import stands_out
from odr_analysis.answer.parts.coverage import Coverage, coverage
from odr_analysis.answer.parts.worklist import todo
from odr_analysis.answer.sections import Card, StandsOut, ToDo
from odr_analysis.causes.drivers import groups_and_causes
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.delay_model.fit import ASSUMED_CHANGE
from odr_analysis.forecasting.delay_table import delay_table
from odr_analysis.forecasting.forecast import forecast_from
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.forecasting.nowcast import Nowcast
from odr_analysis.forecasting.priors import chosen
from odr_analysis.forecasting.roll_off import FORECAST, roll_off
from odr_analysis.forecasting.shifts.shift import Shift, shift
from odr_analysis.rates import component_rates, defective_orders
from odr_analysis.rates.rolling import asked_on, date_of, named_day
from odr_analysis.whatif import Effect, Scenario, effect_of
from odr_analysis.why.bridge import bridge

GIVEN, LATEST = "given", "latest day the exports know of"
MOVED_DAYS, DAYS_BACK, HORIZON_DAYS = 7, 30, 75
"""How far back a report looks for what moved the rate, how far back it compares reasons, and how
far ahead it looks."""
DAYS_KEPT = 8
"""Days of one account that are kept; asking for one more forgets the one not used for longest."""

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class AccountDay:
    """An account on one day: each table is worked out when first asked for, and kept.

    Get it from ``account.on(day)``: the same day gives the same object. Each table is the one
    its function returns for this day, and every request gets a copy of its own (without copying
    the data), so that a change made to one does not reach the sections of a report. The
    account's tables are taken as they are when a table is first asked for; after changing them,
    make another account with ``dataclasses.replace``.

    Attributes
    ----------
    account : Account
    as_of : datetime.date
        The day all is stated for.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> account = load_sample()
    >>> day = account.on("2026-09-30")
    >>> day is account.on("2026-09-30")
    True
    >>> day.today[["channel", "n_orders", "n_defective"]].values.tolist()
    [['mfn', 1593, 17], ['afn', 1027, 5]]
    >>> len(day.defects), len(day.worklist), day.causes.level.tolist()
    (22, 25, ['Expedited'])
    """

    account: Account
    as_of: date
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def _once(self, key: Any, make: Callable[[], Made]) -> Made:
        """What `make` returns, made for the first who asks."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def _table(self, key: Any, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A table to which changes may be made: pandas copies the data when they are."""
        return self._once(key, make).copy(deep=False)

    @property
    def known(self) -> KnownBySeries:
        """What each rate rests on, by marketplace and channel."""
        return self._once("known", lambda: what_is_known(self.account, self.as_of))

    @property
    def last_reports(self) -> Mapping[tuple[str, str], Mapping[str, date]]:
        """The last day on which each component is known, of each marketplace and channel."""
        return self._once(
            "last reports", lambda: last_reports(self.account, self.as_of, self.known)
        )

    @property
    def reported_to(self) -> date:
        """The last day on which every component that has a source is known of every series."""
        days = [day for each in self.last_reports.values() for day in each.values()]
        return min(days, default=min(self.as_of, self.account.known_to))

    @property
    def rates(self) -> pd.DataFrame:
        """The rate of every day up to this one: :func:`~odr_analysis.component_rates`."""
        return self._table("rates", lambda: component_rates(self.account, self.as_of))

    @property
    def today(self) -> pd.DataFrame:
        """Rows of `rates` of this day: one per marketplace x channel."""
        rates = self.rates
        return rates[rates["as_of"] == pd.Timestamp(self.as_of)]

    @property
    def cards(self) -> tuple[Card, ...]:
        """The rate of each marketplace and channel, with its state and what is missing."""
        return self._once("cards", lambda: cards(self.account, self.today, self.as_of, self.known))

    @property
    def defects(self) -> pd.DataFrame:
        """The orders behind the numerator: :func:`~odr_analysis.defective_orders`."""
        return self._table("defects", lambda: defective_orders(self.account, self.as_of))

    @property
    def reasons(self) -> pd.DataFrame:
        """The reason of each defective order: :func:`~odr_analysis.defect_reasons`."""
        return self._table("reasons", lambda: defect_reasons(self.account, self.as_of))

    @property
    def groups(self) -> pd.DataFrame:
        """All groups of orders that were compared: :func:`~odr_analysis.drivers`."""
        return self._groups_and_causes()[0].copy(deep=False)

    @property
    def causes(self) -> pd.DataFrame:
        """The few groups that stand out: :func:`~odr_analysis.leading_causes`."""
        return self._groups_and_causes()[1].copy(deep=False)

    def _groups_and_causes(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self._once(
            "causes", lambda: groups_and_causes(self.account, self.as_of, why=self.reasons)
        )

    @property
    def strategies(self) -> pd.DataFrame:
        """What each of six strategies could save: :func:`~odr_analysis.strategies`."""
        return self._table(
            "strategies",
            lambda: strategies(self.account, self.as_of, rates=self.rates, why=self.reasons),
        )

    @property
    def worklist(self) -> pd.DataFrame:
        """The best step left for each defect: :func:`~odr_analysis.worklist`."""
        return self._table(
            "worklist",
            lambda: worklist(
                self.account,
                self.as_of,
                orders=self.defects,
                look=self.look_ahead(max(HORIZON_DAYS, self.account.policy.lag_days)),
            ),
        )

    @property
    def coverage(self) -> Coverage:
        """What the exports cover, and what is missing: :func:`~odr_analysis.coverage`."""
        return self._once("coverage", lambda: coverage(self.account, self.as_of, known=self.known))

    @property
    def to_do(self) -> ToDo:
        """The worklist with the sentences above it: :func:`~odr_analysis.what_to_do`."""
        return self._once(
            "to do",
            lambda: todo(self.worklist, self.as_of, many_series=len(self.account.series) > 1),
        )

    @property
    def ahead(self) -> pd.DataFrame:
        """The coming 75 days one by one: :func:`~odr_analysis.roll_off`."""
        return self.roll_off()

    @property
    def forecast(self) -> Forecast:
        """What Amazon will show on each of the coming 75 days: :func:`~odr_analysis.forecast`."""
        return self.look_ahead().forecast

    @property
    def nowcast(self) -> Nowcast:
        """Each rate once all reports are in: :func:`~odr_analysis.nowcast` of ``reported_to``."""
        return self.forecast.nowcast

    @property
    def shift(self) -> Shift:
        """Whether more is reported than before ``reported_to``: :func:`~odr_analysis.shift`."""
        return self._once("shift", lambda: shift(delay_table(self.account, self.reported_to)))

    def if_changed(self, horizon_days: int = HORIZON_DAYS) -> pd.DataFrame:
        """``roll_off`` where the rate is taken to have changed lately, as :attr:`shift` suspects.

        Raises
        ------
        ParameterError
            As :func:`~odr_analysis.forecast`.
        """

        def made() -> pd.DataFrame:
            prior = replace(chosen(None, self.account.policy), change=ASSUMED_CHANGE)
            ahead = forecast_from(self.account, self.as_of, horizon_days, prior=prior)
            return roll_off(self.account, self.as_of, ahead=ahead)

        return self._table(("if changed", horizon_days), made)

    @property
    def findings(self) -> Findings:
        """Every section of a report: :func:`~odr_analysis.findings`."""
        latest = self.as_of == self.account.known_to
        return self.findings_over(as_of_from=LATEST if latest else GIVEN)

    def bridge(self, since: date | str, before: Account | None = None) -> pd.DataFrame:
        """What changed the rate since another day: :func:`~odr_analysis.bridge`.

        `before` is the account as it was known on that day, from an archive.

        Raises
        ------
        ParameterError
            `since` is not a date, or is after this day.
        """
        first = date_of(named_day(since, "since"))
        return self._table(
            ("bridge", first, before),
            lambda: bridge(self.account, first, self.as_of, before=before),
        )

    def reason_rates(self, since: date | str) -> pd.DataFrame:
        """Reasons of this day beside those of another: :func:`~odr_analysis.reason_rates`.

        Raises
        ------
        ParameterError
            `since` is not a date, or is after this day.
        """
        first = account_day(self.account, since)
        return self._table(
            ("reason rates", first.as_of),
            lambda: reason_rates(
                self.account,
                first.as_of,
                self.as_of,
                rates=self.rates,
                why=self.reasons,
                from_why=first.reasons,
            ),
        )

    def look_ahead(self, horizon_days: int = HORIZON_DAYS) -> LookAhead:
        """What is known of the coming days, ready for any scenario.

        Raises
        ------
        ParameterError
            `horizon_days` is negative.
        """
        return self._once(
            ("look ahead", horizon_days),
            lambda: LookAhead.of(self.account, self.as_of, horizon_days),
        )

    def roll_off(self, horizon_days: int = HORIZON_DAYS) -> pd.DataFrame:
        """So many days one by one: :func:`~odr_analysis.roll_off`.

        Of rates of which not every order and kind of defect is known there is no forecast: bands
        and probabilities are NaN, and what is left are known orders and defects.

        Raises
        ------
        ParameterError
            `horizon_days` is negative, or more than can be forecast.
        """

        def made() -> pd.DataFrame:
            ahead = self.look_ahead(horizon_days).forecast
            table = roll_off(self.account, self.as_of, ahead=ahead)
            certain = {card.pair for card in self.cards if card.whole}
            pairs = zip(table["marketplace"], table["channel"], strict=True)
            whole = np.array([pair in certain for pair in pairs], dtype=bool)
            return table.assign(**{name: table[name].where(whole) for name in FORECAST})

        return self._table(("roll-off", horizon_days), made)

    def what_if(self, scenario: Scenario, horizon_days: int = HORIZON_DAYS) -> Effect:
        """The effect of a scenario on the coming days: :func:`~odr_analysis.apply_scenario`.

        Raises
        ------
        ParameterError
            As :func:`~odr_analysis.apply_scenario`.

        Examples
        --------
        >>> from odr_analysis import MoreOrders, Scenario, load_sample
        >>> sale = Scenario(MoreOrders(20, days=30))
        >>> table = load_sample().on("2026-09-30").what_if(sale).table
        >>> bool((table.scenario_n_orders >= table.baseline_n_orders).all())
        True
        """
        return self._once(
            ("what if", scenario, horizon_days),
            lambda: effect_of(self.look_ahead(horizon_days), scenario),
        )

    def stands_out(self, days_back: int = DAYS_BACK) -> StandsOut:
        """Which groups of orders go wrong, and which work would help: `odr_analysis.stands_out`.

        Raises
        ------
        ParameterError
            `days_back` is less than 1.
        """
        if days_back < 1:
            raise ParameterError(f"days_back must be at least 1, got {days_back}.")
        since = self.as_of - timedelta(days=days_back)
        return self._once(
            ("stands out", days_back),
            lambda: stands_out(
                causes=self.causes,
                groups=self.groups,
                reasons=self.reason_rates(since),
                strategies=self.strategies,
                policy=self.account.policy,
                with_store=len({store for store, _ in self.account.series}) > 1,
                as_of=self.as_of,
                since=since,
            ),
        )

    def findings_over(
        self,
        moved_days: int = MOVED_DAYS,
        horizon_days: int = HORIZON_DAYS,
        as_of_from: str = GIVEN,
        scenarios: tuple[Scenario, ...] = (),
    ) -> Findings:
        """Every section of a report, looking so far back and ahead.

        Parameters
        ----------
        moved_days, horizon_days, scenarios
            As for :func:`~odr_analysis.findings`.
        as_of_from : str
            Where the day came from, for the head of the report.

        Raises
        ------
        ParameterError
            `moved_days` or `horizon_days` is less than 1.
        """
        for name, value in (("moved_days", moved_days), ("horizon_days", horizon_days)):
            if value < 1:
                raise ParameterError(f"{name} must be at least 1, got {value}.")
        return self._once(
            ("findings", moved_days, horizon_days, as_of_from, scenarios),
            lambda: Findings(self, moved_days, horizon_days, as_of_from, scenarios),
        )


def account_day(account: Account, day: date | str | None = None) -> AccountDay:
    """The account on one day, the same object for the same day: what ``account.on(day)`` returns.

    Parameters
    ----------
    account : Account
    day : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') ``account.known_to``.

    Raises
    ------
    ParameterError
        `day` is not a date.
    """
    as_of = date_of(asked_on(day or None, account.known_to))
    kept = account.days
    # Put in anew, so that the first one is the one not used for longest.
    kept[as_of] = kept.pop(as_of, None) or AccountDay(account, as_of)
    for longest in list(kept)[:-DAYS_KEPT]:
        del kept[longest]
    found: AccountDay = kept[as_of]
    return found
