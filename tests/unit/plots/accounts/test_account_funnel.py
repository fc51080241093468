"""The funnel of accounts, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.plots.accounts.account_funnel import (
    NOTHING,
    account_funnel_finding,
    plot_account_funnel,
)
from odr_analysis.rates.between_accounts import between_accounts
from odr_analysis.rates.groups import binomial_limits
from tests.unit.plots.artists import axes, drawn, has


def made(rates: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Account to (defective orders, orders)."""
    table = pd.DataFrame(
        [(name, n, d, 0.01) for name, (d, n) in rates.items()],
        columns=["account", "n_orders", "n_defective", "target"],
    )
    return pd.concat(
        [table, between_accounts(table.n_orders, table.n_defective, table.target)], axis=1
    )


USUAL = {f"u{i}": (int(400 * (i + 1) * 0.004), 400 * (i + 1)) for i in range(30)}
TABLE = made({"Bad $x_1$": (120, 4000), "Tiny": (1, 40), "Up": (60, 6000), **USUAL})


@pytest.mark.parametrize("compact", [False, True])
def test_every_account_is_a_dot_of_its_kind(compact) -> None:
    ax = plot_account_funnel(TABLE, ax=axes(), compact=compact)
    rate = TABLE.n_defective / TABLE.n_orders
    kinds = {"over": ["Bad $x_1$"], "higher": ["Up"]}
    for gid, names in kinds.items():
        dots = drawn(ax, gid)
        mine = TABLE[TABLE.account.isin(names)]
        assert dots.get_xdata().tolist() == mine.n_orders.tolist()
        assert dots.get_ydata().tolist() == rate[mine.index].tolist()
    alike = drawn(ax, "alike")
    assert len(alike.get_xdata()) == 31
    markers = {drawn(ax, gid).get_marker() for gid in ("over", "higher", "alike")}
    assert len(markers) == 3, "shape tells them apart, not colour alone"
    texts = {text.get_text() for text in ax.texts}
    assert {"Bad $x_1$", "Up"} <= texts
    assert "Tiny" not in texts


def test_limits_are_those_of_so_many_accounts() -> None:
    ax = plot_account_funnel(TABLE, ax=axes())
    usual = TABLE.n_defective.sum() / TABLE.n_orders.sum()
    assert drawn(ax, "usual").get_ydata()[0] == pytest.approx(usual)
    line = drawn(ax, "upper-every")
    _, upper = binomial_limits(line.get_xdata(), usual, 1 - 0.05 / len(TABLE))
    assert line.get_ydata() == pytest.approx(upper)
    over = drawn(ax, "over-limit")
    for n, d, is_over in TABLE[["n_orders", "n_defective", "over_target"]].itertuples(index=False):
        at = np.interp(n, over.get_xdata(), over.get_ydata())
        assert (d / n >= at - 1e-4) == is_over


def test_dots_that_cover_each_other_are_drawn_once() -> None:
    many = pd.concat([TABLE, *[TABLE.iloc[[5]]] * 500], ignore_index=True)
    ax = plot_account_funnel(many, ax=axes())
    assert len(drawn(ax, "alike").get_xdata()) == 31


def test_one_extreme_account_does_not_flatten_the_others() -> None:
    ax = plot_account_funnel(made({"All bad": (400, 400), **USUAL}), ax=axes())
    assert ax.get_ylim()[1] < 0.1
    assert has(ax, "over-beyond")
    assert drawn(ax, "over-beyond").get_marker() == "^"


def test_too_few_accounts_are_one_sentence() -> None:
    assert account_funnel_finding(TABLE.head(1)) == NOTHING
    assert has(plot_account_funnel(TABLE.head(0), ax=axes()), "nothing")
    with pytest.raises(ParameterError, match="it lacks: differs"):
        plot_account_funnel(TABLE.drop(columns="differs"), ax=axes())
