"""What stands out: causes in sentences, the most useful strategy, and one line without a cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.answer.sections import StandsOut
from odr_analysis.causes.exact_tests import FALSE_CAUSES, shows_from
from odr_analysis.causes.factors import FACTORS
from odr_analysis.causes.group_tests import ANY
from odr_analysis.policy import Policy

WITHIN_A_MONTH = 0.14
"""Share of accounts without a cause that name one on some day of a month, looked at every day:
measured by ``python -m tests.golden.test_cause_bounds 1000 month``."""

LOOKS = (
    f"A report without a true cause names one in at most {words.number(FALSE_CAUSES * 100)} of 100 "
    f"cases; looked at daily for a month, about {words.number(WITHIN_A_MONTH * 100)} of 100 such "
    "accounts show one at least once. Trust a new cause when later orders go wrong in the same way."
)
"""What looking again and again means for the causes of a report."""

FOUND_IN = 0.8
"""Share of cases in which a group would be found that is said to be."""

HARDLY_MORE = 1.1
"""Groups that would need less than so many times what the best needs are told in one with it."""

FACTOR_WORDS: dict[str, str] = {
    "product": "orders of product {}",
    "ASIN": "orders of ASIN {}",
    "ship service": "orders sent by ship service {}",
    "carrier": "orders carried by {}",
    "destination": "orders to {}",
    "weekday": "orders placed on a {}",
    "price": "orders of {}",
    "hours to dispatch": "orders dispatched {} after they were placed",
    "buyer": "orders of a buyer who {}",
}
"""A group of orders in a sentence."""
_BUYERS = {"came again": "came again", "first order known": "is not known to have ordered before"}


def stands_out(
    *,
    causes: pd.DataFrame,
    groups: pd.DataFrame,
    reasons: pd.DataFrame,
    strategies: pd.DataFrame,
    policy: Policy,
    with_store: bool,
    as_of: date,
    since: date,
) -> StandsOut:
    """The section of causes, from tables that are worked out already.

    Parameters
    ----------
    causes, groups, reasons, strategies : pandas.DataFrame
        ``leading_causes``, ``drivers``, ``reason_rates`` since `since`, ``strategies``.
    policy : Policy
    with_store : bool
        Whether to name the marketplace.
    as_of, since : datetime.date
    """
    untold = int(reasons.n_defective[reasons.reason == ""].sum())
    lines = cause_sentences(causes, with_store=with_store, year=as_of.year)
    if not reasons.n_defective.sum():
        lines = ["No order in the window is known to be defective, so nothing can stand out."]
    limits = (policy.target, policy.warning_from)
    return StandsOut(
        lines=tuple(lines or [nothing_stands_out(groups, untold)]),
        causes=causes,
        groups=groups,
        reasons=reasons,
        strategies=strategies,
        funnel=funnel_rows(causes, groups),
        strategy_line=_most(strategies, not with_store, limits),
        looks=LOOKS if len(causes) else "",
        limits=limits,
        as_of=as_of,
        since=since,
    )


def funnel_rows(causes: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Groups like the first cause that is a product, else like the first cause, for each series.

    Where there is no cause, products for all defects.
    """
    chosen = []
    for keys, rows in groups.groupby(list(terms.SERIES_KEYS), sort=False):
        mine = causes[(causes[list(terms.SERIES_KEYS)] == list(keys)).all(axis=1)]
        first = mine[mine.factor == "product"]
        first = first if len(first) else mine
        reason, factor = ("", "product")
        if len(first):
            reason, factor = first.reason.iloc[0], first.factor.iloc[0]
        chosen.append(rows[(rows.reason == reason) & (rows.factor == factor)])
    return pd.concat([groups.head(0), *chosen], ignore_index=True)


def _most(table: pd.DataFrame, alone: bool, limits: tuple[float, ...]) -> str:
    """The strategy with the largest effect on the worst rate it helps."""
    helps = table[table.n_addressed > 0]
    if helps.empty:
        return "No strategy can be measured: of no defective order does a file tell the reason."
    row = helps.sort_values(["odr", "n_addressed"], ascending=False, kind="stable").iloc[0]
    name = words.series(row.marketplace, row.channel, alone=alone)
    of = words.counted(int(row.n_defective), "defective order")
    half, low, high = (
        words.percent(rate, limits) for rate in (row.odr_halved, row.lower, row.upper)
    )
    return (
        f"{name}: work on {row.strategy} would help most. It addresses "
        f"{words.number(row.n_addressed)} of {of}; half of them avoided would make ODR {half} "
        f"on average. In nine of ten cases a later window of as many orders would be at {low} to "
        f"{high}, if nothing else changed."
    )


def stands_out_dict(found: StandsOut) -> dict[str, Any]:
    """Lines and causes as plain JSON values: ``lines``, and ``causes``, see ``causes_dict``."""
    sentences = found.lines[: len(found.causes)]
    return {"lines": list(found.lines), "causes": causes_dict(found.causes, sentences)}


def cause_sentences(
    causes: pd.DataFrame, *, with_store: bool | None = None, year: int | None = None
) -> list[str]:
    """One sentence per cause: how much more often which orders go wrong, why and since when.

    Parameters
    ----------
    causes : pandas.DataFrame
        :func:`~odr_analysis.leading_causes`.
    with_store : bool, optional
        Whether to name the marketplace; by default where there are several.
    year : int, optional
        Left out of days.

    Returns
    -------
    list of str
        In the order of the table; none for no cause.

    Examples
    --------
    >>> from odr_analysis import leading_causes, load_sample
    >>> print(cause_sentences(leading_causes(load_sample()), year=2026)[0])
    Seller-fulfilled, not received: orders sent by ship service Expedited go wrong more often \
than the others, by how much is not known (6 of 352, against 1 of 1,241 others), all placed 1 Aug \
to 8 Aug.
    """
    alone = causes.marketplace.nunique() <= 1 if with_store is None else not with_store
    return [_sentence(row, alone, year) for row in causes.to_dict("records")]


def group_name(factor: str, level: str) -> str:
    """A group of orders as a sentence names it.

    >>> group_name("destination", "DE Sachsen")
    'orders to DE Sachsen'
    """
    assert factor in FACTORS
    return FACTOR_WORDS[factor].format(_BUYERS.get(level, level) if factor == "buyer" else level)


def _sentence(row: dict[Any, Any], alone: bool, year: int | None) -> str:
    name = words.series(row["marketplace"], row["channel"], alone=alone)
    d, n = int(row["n_defective"]), int(row["n_orders"])
    rest_d, rest_n = int(row["rest_n_defective"]), int(row["rest_n_orders"])
    about = f", {row['reason']}" if row["reason"] else ""
    often = f"{words.more_often(row['at_least'])} the others"
    counts = f"{words.number(d)} of {words.number(n)}, against {words.number(rest_d)} of "
    counts += words.counted(rest_n, "other")
    if row["at_least"] < words.LEAST_TIMES:
        often += ", by how much is not known"
    elif rest_d:
        observed = words.times(d * rest_n / (rest_d * n), round)
        counts += f": observed {observed}, at most {words.times(row['at_most'], ceil)}"
    first, last = row["first_on"].date(), row["last_on"].date()
    when = f"{'all ' if d > 1 else ''}placed {words.span(first, last, year)}"
    group = group_name(row["factor"], row["level"])
    return f"{name}{about}: {group} go wrong {often} ({counts}), {when}."


def causes_dict(causes: pd.DataFrame, sentences: Sequence[str]) -> list[dict[str, Any]]:
    """Causes as plain JSON values, each with its sentence.

    Parameters
    ----------
    causes : pandas.DataFrame
        :func:`~odr_analysis.leading_causes`.
    sentences : sequence of str
        :func:`cause_sentences` of them.

    Returns
    -------
    list of dict
        ``marketplace``, ``channel``, ``reason`` ('' for any), ``factor``, ``level``, the four
        counts, ``at_least``, ``observed`` and ``at_most`` times as often (null where no other
        order is defective), ``p_adjusted``, ``first_on``, ``last_on``, ``order_ids`` and
        ``sentence``.
    """
    found = []
    for row, sentence in zip(causes.to_dict("records"), sentences, strict=True):
        rest = row["rest_rate"]
        found.append(
            {
                **{key: str(row[key]) for key in (*terms.SERIES_KEYS, "reason", "factor", "level")},
                **{key: int(row[key]) for key in _COUNTS},
                "at_least": float(row["at_least"]),
                "observed": float(row["rate"] / rest) if rest else None,
                "at_most": float(row["at_most"]) if rest else None,
                "p_adjusted": float(row["p_adjusted"]),
                **{key: row[key].date().isoformat() for key in ("first_on", "last_on")},
                "order_ids": row["order_ids"].split("; "),
                "sentence": sentence,
            }
        )
    return found


_COUNTS = ("n_orders", "n_defective", "rest_n_orders", "rest_n_defective")


def n_groups(groups: pd.DataFrame) -> int:
    """How many groups of orders :func:`~odr_analysis.drivers` compared, each once."""
    return int((groups.reason == ANY).sum())


def could_show(groups: pd.DataFrame) -> str:
    """How often a group would have to go wrong to be found, of those compared.

    Parameters
    ----------
    groups : pandas.DataFrame
        :func:`~odr_analysis.drivers`.

    Returns
    -------
    str
        One sentence, '' without groups. It is about defects of any reason; *found* means that the
        group is ``significant`` in ``FOUND_IN`` of cases, given as many defective orders in all.

    Examples
    --------
    >>> from odr_analysis import drivers, load_sample
    >>> print(could_show(drivers(load_sample())))
    With 17 defective orders (Seller-fulfilled) a group must go wrong 7.1 times as often as the \
others to be found in 8 of 10 cases, if its size is the best for it; half of the groups would \
need 40 times or more.
    """
    mine = groups[groups.reason == ANY]
    if mine.empty:
        return ""
    bad = mine.n_defective + mine.rest_n_defective
    every = mine.n_orders + mine.rest_n_orders
    from_times = np.array(
        [
            shows_from(needed, n, all_d, all_n, FOUND_IN)
            for needed, n, all_d, all_n in zip(mine.needed, mine.n_orders, bad, every, strict=True)
        ]
    )
    best = int(from_times.argmin())
    having = f"With {words.counted(int(bad.iloc[best]), 'defective order')}"
    series = mine[list(terms.SERIES_KEYS)].drop_duplicates()
    if len(series) > 1:
        row, alone = mine.iloc[best], series.marketplace.nunique() == 1
        having += f" ({words.series(row.marketplace, row.channel, alone=alone)})"
    if np.isinf(from_times[best]):
        return f"{having} no group could be found, however often it goes wrong."
    said = (
        f"{having} a group must go wrong {words.times(from_times[best], ceil)} as often as the "
        f"others to be found in {words.number(FOUND_IN * 10)} of 10 cases"
    )
    half = np.sort(from_times)[len(mine) // 2]
    if half > HARDLY_MORE * from_times[best]:
        said += ", if its size is the best for it; half of the groups "
        said += (
            "are too small to be found"
            if np.isinf(half)
            else f"would need {words.times(half)} or more"
        )
    return f"{said}."


def nothing_stands_out(groups: pd.DataFrame, n_untold: int = 0) -> str:
    """What to say where no group of orders is significant, and what would have been.

    `groups` is :func:`~odr_analysis.drivers`.
    """
    n_compared = n_groups(groups)
    if not n_compared:
        return "No group of orders can be compared: the files name no product, service or place."
    said = (
        f"Nothing stands out: of {words.counted(n_compared, 'group')} of orders none goes wrong "
        f"more often than chance allows. {could_show(groups)}"
    )
    if n_untold:
        untold = words.counted(n_untold, "defective order")
        said += f" Of {untold} no file tells the reason."
    return said
