"""The panels of every marketplace and channel, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, component_rates, style, words
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_figure
from odr_analysis.plots.shared.axis import day_positions
from odr_analysis.plots.small_multiples import (
    MOST,
    NOTHING,
    plot_small_multiples,
    small_multiples_finding,
)
from tests.oracle import days, make_account

DE, FR = "Amazon.de", "Amazon.fr"
KINDS = ("feedback", "claim", "chargeback")


@pytest.fixture(scope="module")
def rates() -> pd.DataFrame:
    """Three series; Amazon.fr places its orders on two days, with days without any between."""
    rows = [
        (f"{m}{c}{n}{day}", day, m, c)
        for m, c, each in ((DE, "mfn", 3), (DE, "afn", 2))
        for day in days(pd.Timestamp("2026-03-01").date(), 200)
        for n in range(each)
    ]
    for when in ("2026-03-02", "2026-07-20"):
        rows += [(f"fr{when}{n}", when, FR, "mfn") for n in range(5)]
    defects = [
        (f"{DE}mfn02026-08-{day:02}", kind, "2026-08-30")
        for day, kind in ((1, "claim"), (2, "claim"), (2, "feedback"), (3, "feedback"))
    ]
    defects.append(("fr2026-07-200", "claim", "2026-08-01"))
    return component_rates(make_account(rows, defects, known_to=pd.Timestamp("2026-09-16").date()))


@pytest.fixture
def drawn_grid(request: pytest.FixtureRequest):
    """Draws, and lets go of the figure at the end."""
    import matplotlib.pyplot as plt

    made = []

    def draw(*given, **settings):
        made.append(plot_small_multiples(*given, **settings))
        return made[-1]

    yield draw
    for grid in made:
        plt.close(grid.figure)


def lines(ax, part: str) -> list:
    return [line for line in ax.lines if (line.get_gid() or "").startswith(f"{part}-")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_lines_are_the_table(rates, drawn_grid, theme, compact) -> None:
    grid = drawn_grid(rates, theme=theme, compact=compact)
    series = rates[["marketplace", "channel"]].drop_duplicates().to_numpy().tolist()
    assert len(grid.axes) == len(series) == 3
    for (marketplace, channel), ax in zip(series, grid.axes, strict=True):
        mine = rates[(rates.marketplace == marketplace) & (rates.channel == channel)]
        rated = mine[mine.n_orders > 0]
        for part, column in (
            ("odr", "n_defective"),
            ("feedback", "n_feedback"),
            ("claim", "n_claim"),
        ):
            found = lines(ax, part)
            x, y = (
                np.concatenate([getattr(f, of)() for f in found])
                for of in ("get_xdata", "get_ydata")
            )
            np.testing.assert_array_equal(x, day_positions(rated.as_of))
            np.testing.assert_array_equal(y, rated[column] / rated.n_orders)
            role = "ink" if part == "odr" else part
            assert {to_hex(f.get_color()) for f in found} == {style.THEMES[theme][role]}
            # Days without orders are a gap, not a line across.
            assert len(found) == (2 if marketplace == FR else 1)
        assert lines(ax, "chargeback") == [], "there is none in any of them"
        (limit,) = lines(ax, "limit")
        assert list(limit.get_ydata()) == [0.01, 0.01]


def test_panels_share_their_scale_and_are_named(rates, drawn_grid) -> None:
    grid = drawn_grid(rates)
    assert len({ax.get_ylim() for ax in grid.axes}) == 1
    assert len({ax.get_xlim() for ax in grid.axes}) == 1
    names = [ax.get_title(loc="left") for ax in grid.axes]
    last = rates[rates.as_of == rates.as_of.max()]
    want = [
        words.rate(int(d), int(n)) for d, n in zip(last.n_defective, last.n_orders, strict=True)
    ]
    assert names == [
        f"Seller-fulfilled on Amazon.de: {want[0]}",
        f"Amazon-fulfilled on Amazon.de: {want[1]}",
        f"Seller-fulfilled on Amazon.fr: {want[2]}",
    ]
    keys = [t.get_text() for t in grid.figure.legends[0].get_texts()]
    assert keys == ["ODR", "negative feedback", "A-to-z claim", "1 % limit"]
    labelled = [bool([t for t in ax.get_yticklabels() if t.get_text()]) for ax in grid.axes]
    assert labelled == [True, False, False]


def test_a_few_orders_do_not_flatten_the_others_and_their_rate_is_stated(rates, drawn_grid) -> None:
    grid = drawn_grid(rates)
    assert grid.axes[0].get_ylim()[1] < 0.05
    texts = [[t.get_text() for t in ax.texts if t.get_gid()] for ax in grid.axes]
    assert texts == [[], [], ["up to 20 % (1 of 5)"]]


def test_days_whose_window_is_not_covered_are_pale(rates, drawn_grid) -> None:
    short = rates.as_of[~rates.window_complete]
    for ax in drawn_grid(rates).axes:
        (veil,) = [p for p in ax.patches if (p.get_gid() or "").startswith("incomplete")]
        first, last = day_positions(pd.Series([short.min(), short.max()]))
        assert (veil.get_x(), veil.get_x() + veil.get_width()) == (first - 0.5, last + 0.5)
        assert veil.get_zorder() > max(line.get_zorder() for line in ax.lines)
    whole = drawn_grid(rates[rates.window_complete])
    assert not [p for ax in whole.axes for p in ax.patches if p.get_gid()]


def test_of_very_many_series_those_with_most_orders_are_drawn(drawn_grid) -> None:
    one = pd.DataFrame(
        {
            "as_of": pd.date_range("2026-09-01", periods=3),
            "channel": "mfn",
            "n_defective": 1,
            **{f"n_{kind}": [1, 0, 0][i] for i, kind in enumerate(KINDS)},
            "window_complete": True,
        }
    )
    table = pd.concat([one.assign(marketplace=f"Amazon.{i}", n_orders=100 + i) for i in range(15)])
    grid = drawn_grid(table, policy=Policy(target=0.02))
    assert len(grid.axes) == MOST == 12
    assert [ax.get_title(loc="left").split(":")[0][-2:].strip(".") for ax in grid.axes] == [
        str(i) for i in range(3, 15)
    ]
    assert list(lines(grid.axes[4], "limit")[0].get_ydata()) == [0.02, 0.02]


def last_day(*rates: tuple[str, str, int, int]) -> pd.DataFrame:
    columns = ["marketplace", "channel", "n_defective", "n_orders"]
    return pd.DataFrame(rates, columns=columns).assign(
        as_of=pd.Timestamp("2026-09-30"),
        n_feedback=0,
        n_claim=0,
        n_chargeback=0,
        window_complete=True,
    )


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            last_day((DE, "mfn", 3, 100), (DE, "afn", 1, 100), (FR, "mfn", 1, 101)),
            "2 of 3 rates are at 1 % or more on 30 Sep 2026: the highest is Seller-fulfilled on "
            "Amazon.de, 3.00 %",
        ),
        (
            last_day((DE, "mfn", 1, 101), (DE, "afn", 0, 0)),
            "Seller-fulfilled: 0.99 % on 30 Sep 2026, 1 of 101 orders",
        ),
        (
            last_day((DE, "mfn", 1, 101), (DE, "afn", 0, 50)),
            "By known defects, all 2 rates are under 1 % on 30 Sep 2026; the highest is "
            "Seller-fulfilled, 0.99 %",
        ),
        (last_day((DE, "mfn", 0, 0)), NOTHING),
        (last_day((DE, "mfn", 0, 0)).head(0), NOTHING),
    ],
)
def test_the_title_counts_the_rates_at_the_limit(drawn_grid, data, want) -> None:
    assert small_multiples_finding(data) == want
    title = drawn_grid(data).figure.get_suptitle()
    assert " ".join(title.split()) == want
    assert drawn_grid(data, title="").figure.get_suptitle() == ""


def test_a_table_without_rates_is_refused(rates) -> None:
    with pytest.raises(ParameterError, match="from component_rates; it lacks: as_of, n_claim"):
        plot_small_multiples(rates.drop(columns=["as_of", "n_claim"]))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_the_colours_of_the_theme(rates, drawn_grid, theme) -> None:
    grid = drawn_grid(rates, theme=theme)
    colours = style.THEMES[theme]
    assert to_hex(grid.figure.get_facecolor()) == colours["card"]
    assert {to_hex(ax.get_facecolor()) for ax in grid.axes} == {colours["card"]}
    assert to_hex(grid.figure._suptitle.get_color()) == colours["ink"]


def test_in_a_page_it_follows_the_theme_and_no_figure_is_left_open(rates) -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    shown = show_figure(plot_small_multiples, rates)
    assert plt.get_fignums() == before
    assert shown.text == small_multiples_finding(rates)
    assert shown.html.count("<svg") == 2
    assert 'viewBox="0 0 900 ' in shown.html
    assert 'viewBox="0 0 330 ' in shown.html
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    ids = [part.split('"')[0] for part in shown.html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
