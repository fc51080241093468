"""The floor that draws works out nothing: what a figure shows is in its tables already."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import PACKAGE

LIBRARIES = {"scipy", "statsmodels", "sklearn", "statistics", "random", "arviz"}
"""Libraries that test, fit or draw at random."""

STATISTICS = {
    *("mean", "median", "mode", "average", "std", "var", "sem", "skew", "kurt", "corr", "cov"),
    *("quantile", "quantiles", "percentile", "nanmean", "nanmedian", "nanpercentile", "describe"),
    *("rolling", "ewm", "expanding", "resample", "bootstrap", "histogram", "polyfit", "interp"),
    *("binomial_limits", "jeffreys_interval", "betaincinv", "random", "default_rng", "sample"),
}
"""Functions and methods that make an estimate, an interval or a test."""

BY_NAME = {"agg", "aggregate", "transform", "apply", "pivot_table"}
"""Methods that take such a function by its name."""

MODULES = sorted((PACKAGE / "plots").rglob("*.py"))


def offences(source: str) -> list[str]:
    """What a module imports or calls that belongs to a floor below."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [a.name for a in names if a.name.split(".")[0] in LIBRARIES]
            case ast.ImportFrom(module=str(module), names=names):
                found += [module] if module.split(".")[0] in LIBRARIES else []
                found += [a.name for a in names if a.name in STATISTICS]
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in STATISTICS:
                found.append(name)
            case ast.Call(func=ast.Attribute(attr=name)) if name in BY_NAME:
                texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
                found += [text for text in texts if text in STATISTICS]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_figure_draws_numbers_that_are_there_already(path: Path) -> None:
    assert offences(path.read_text("utf-8")) == []


def test_there_are_figures_to_look_at() -> None:
    assert len(MODULES) > 15


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("from scipy.stats import hypergeom", ["scipy.stats"]),
        ("def f():\n    import scipy", ["scipy"]),
        ("rows.rate.median()", ["median"]),
        ("top = np.quantile(x, 0.9)", ["quantile"]),
        ("rows.groupby('week').agg(rate=('rate', 'mean'))", ["mean"]),
        ("from odr_analysis.rates.intervals import jeffreys_interval", ["jeffreys_interval"]),
        ("from odr_analysis.rates.groups import funnel\nmean = rows.n / rows.of", []),
    ],
)
def test_a_planted_one_is_found(source: str, want: list[str]) -> None:
    assert offences(source) == want
