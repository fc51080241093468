"""A plan: the mix of actions, its steps with their days, and what each limit costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from odr_analysis.schema import Column, Columns, table_of
from odr_analysis.whatif.changes import Pair
from odr_analysis.whatif.scenario import Scenario

STEP_COLUMNS: Columns = {
    "action": Column("str", "removal, appeal, refund, fix or extra orders"),
    "order_id": Column("str", missing="'' of a fix and of extra orders"),
    "component": Column("str", "kind of defect", missing="'' of a fix and of extra orders"),
    "step": Column("str", "what to do: a step of the worklist, the fix, or the orders"),
    "do_by": Column(
        "datetime64[us]",
        "last day for it, so that it shows by the day asked about",
        unit="midnight",
    ),
    "shows_on": Column("datetime64[us]", "first day on which its effect shows", unit="midnight"),
    "chance": Column("float64", "that it works, 0-1", missing="NaN of a fix and of extra orders"),
    "chance_from": Column("str", "'guess', 'given', or how often it worked in this account"),
    "cost": Column("float64", "in the seller's money"),
    "allowed": Column("str", "what to do, in words", missing="'' where nothing needs saying"),
    "forbidden": Column("str", "what breaches Amazon's policy", missing="'' likewise"),
}
"""Columns of ``Plan.steps``: one row per step, what must be done first on top."""

LIMIT_COLUMNS: Columns = {
    "kind": Column(
        "str", "removals, appeals, removals and appeals, refunds, fix or extra orders a day"
    ),
    "limit": Column("str", "what there may be so many of: the kind, its price, or the fix"),
    "most": Column("int64", "the limit"),
    "used": Column("int64", "what the plan uses of it"),
    "cost": Column("float64", "of the plan"),
    "cost_with_fewer": Column(
        "float64",
        "of the cheapest plan with the limit one lower",
        missing="NaN where none is enough",
    ),
    "cost_with_more": Column(
        "float64", "of the cheapest plan with one more", missing="NaN where there is no more"
    ),
    "saves": Column("float64", "what one more would save", missing="NaN likewise"),
}
"""Columns of ``Plan.limits``: one row per kind of action."""

Reason = Literal["", "met", "not enough", "over budget", "unknown"]


@dataclass(frozen=True)
class Option:
    """One mix of actions.

    Attributes
    ----------
    cost, probability : float
        The probability of a rate under target on the day.
    removals, appeals, refunds, orders_per_day : int
    fixes : tuple of str
    """

    cost: float
    probability: float
    removals: int
    appeals: int
    refunds: int
    fixes: tuple[str, ...]
    orders_per_day: int


@dataclass(frozen=True, eq=False)
class Plan:
    """What :func:`~odr_analysis.cheapest_plan` gives.

    Attributes
    ----------
    pair : (str, str)
        Marketplace and channel.
    as_of, by : datetime.date
    certainty : float
    target : float
        The rate must be below it.
    reason : str
        ``""`` with a plan; ``met`` where nothing needs to be done; ``not enough`` where all
        actions within the limits are not enough; ``over budget`` where every plan that is enough
        costs more; ``unknown`` where what is missing lets nothing be promised.
    best : Option or None
        The cheapest mix.
    runners_up : tuple of Option
        The next cheapest that do not contain a cheaper one.
    steps : pandas.DataFrame
        ``STEP_COLUMNS``.
    limits : pandas.DataFrame
        ``LIMIT_COLUMNS``.
    scenario : Scenario
        The plan as a scenario, with the claims of orders that are not refunded.
    without : Scenario
        What happens if nothing is done.
    p_without, p_at_best : float
        Probability of a rate under target if nothing is done, and if everything within the limits
        is; NaN where it cannot be known.
    least_cost : float
        Of the cheapest mix whatever the budget; inf where none is enough.
    reachable_on : datetime.date or None
        Where nothing is enough by the day, the first later day on which something is.
    left_out : tuple of str
        Actions that could not be part of a plan, and why, a sentence each.
    missing : tuple of str
        What is not known of the rate.
    orders_priced : bool
        Whether extra orders have a price, and so may be part of it; also where none would count.
    """

    pair: Pair
    as_of: date
    by: date
    certainty: float
    reason: Reason
    best: Option | None
    target: float = 0.01
    runners_up: tuple[Option, ...] = ()
    steps: pd.DataFrame = field(default_factory=lambda: table_of([], STEP_COLUMNS), repr=False)
    limits: pd.DataFrame = field(default_factory=lambda: table_of([], LIMIT_COLUMNS), repr=False)
    scenario: Scenario = field(default_factory=Scenario)
    without: Scenario = field(default_factory=Scenario)
    p_without: float = np.nan
    p_at_best: float = np.nan
    least_cost: float = np.inf
    reachable_on: date | None = None
    left_out: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    orders_priced: bool = True

    @property
    def rests_on_guesses(self) -> bool:
        """Whether the chance of some step is this toolkit's guess."""
        return bool(self.steps["chance_from"].str.startswith("guess").any())
