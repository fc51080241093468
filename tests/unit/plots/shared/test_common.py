"""Check of a table, title and key."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.common import check_one_series, headline, key, wholly
from tests.unit.plots.artists import axes, titled

ONE = pd.DataFrame({"marketplace": ["Amazon.de"], "channel": ["mfn"], "week": [1]})


def test_a_table_of_one_series_or_without_rows_passes() -> None:
    check_one_series(ONE, ["week"], "plot_it", "it")
    check_one_series(pd.concat([ONE, ONE]), ["week"], "plot_it", "it")
    check_one_series(ONE.head(0), ["week"], "plot_it", "it")


def test_a_figure_that_needs_a_row_refuses_a_table_without_any() -> None:
    check_one_series(ONE, ["week"], "plot_it", "it", rows=True)
    with pytest.raises(ParameterError, match=r"plot_it draws one .* has: none\. Choose one"):
        check_one_series(ONE.head(0), ["week"], "plot_it", "it", rows=True)


@pytest.mark.parametrize("data", [ONE.drop(columns="week"), None, [1]])
def test_what_lacks_columns_is_refused_with_their_names(data) -> None:
    with pytest.raises(ParameterError, match=r"plot_it needs a table from it; it lacks: .*week\."):
        check_one_series(data, ["week"], "plot_it", "it")


def test_two_series_are_refused_and_named() -> None:
    both = pd.concat([ONE, ONE.assign(channel="afn")])
    with pytest.raises(ParameterError, match=r"has: Amazon\.de, mfn; Amazon\.de, afn\. Choose one"):
        check_one_series(both, ["week"], "plot_it", "it")


@style.drawing()
def test_a_title_breaks_between_words_and_never_before_a_per_cent_sign() -> None:
    ax = axes()
    headline(ax, "Seller-fulfilled ODR is 1.07 % today", letters=29, pad=9)
    lines = ax.get_title(loc="left").split("\n")
    assert lines == ["Seller-fulfilled ODR is", "1.07\u00a0% today"]
    # The hyphen is no place to break at.
    headline(ax, "It is Seller-fulfilled", letters=20, pad=9)
    assert ax.get_title(loc="left").split("\n") == ["It is", "Seller-fulfilled"]


@style.drawing()
def test_a_name_in_a_title_is_text_and_no_formula() -> None:
    ax = axes()
    headline(ax, "$x_1$ and $", letters=76, pad=6)
    assert titled(ax) == "$x_1$ and $"
    assert not ax._left_title.get_parse_math()
    headline(ax, "", letters=76, pad=6)
    assert titled(ax) == ""


def test_the_key_shows_what_it_is_given_with_its_stripes() -> None:
    ax = axes()
    striped = Patch(hatch="//", label="may rise", hatch_linewidth=0.4)
    drawn = key(ax, [Line2D([], [], label="a rate"), striped], columns=2, loc="upper right")
    assert drawn is ax.get_legend()
    assert drawn.get_gid() == "legend"
    assert [t.get_text() for t in drawn.get_texts()] == ["a rate", "may rise"]
    assert drawn.legend_handles[1].get_hatch_linewidth() == 0.4
    assert not drawn.get_frame_on()


@pytest.mark.parametrize(
    ("n", "of", "want"),
    [(0, 5, "0 of 5 defects"), (1, 5, "1 of 5 defects"), (1, 1, "the only defect")],
)
def test_how_many_of_all(n: int, of: int, want: str) -> None:
    assert wholly(n, of, "defect") == want
    assert wholly(1200, 1200, "defect") == "all 1,200 defects"
