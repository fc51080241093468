"""The fit of the delay model against numerical derivatives and a search that knows nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from odr_analysis.forecasting.delay_model.fit import Triangle
from odr_analysis.forecasting.delay_model.lags import N_BINS, LagPrior, stretched
from odr_analysis.forecasting.delay_model.laplace import Hypotheses, Model, ShapePrior
from odr_analysis.forecasting.delay_model.levels import steady
from odr_analysis.forecasting.delay_model.prior import Prior
from tests.unit.forecasting.simulated import series_of, simulated

PRIOR = LagPrior().shape


@pytest.fixture(scope="module")
def model() -> Model:
    triangle = Triangle.of(series_of(simulated(80, days=100)), Prior())
    return Model(
        triangle.reports,
        triangle.exposure,
        -5.0,
        np.log(PRIOR),
        stretched(PRIOR),
        ShapePrior().precision(),
    )


def of(model: Model) -> Hypotheses:
    return Hypotheses(
        steady(model.n_weeks),
        np.array([7, 7]),
        np.array([7, 7]),
        np.array([[0.02, 0.01], [0.4, 0.1]]),
    )


def test_slopes_are_the_derivatives(model: Model) -> None:
    rng = np.random.default_rng(0)
    w = model.n_weeks
    x = np.concatenate(
        [rng.normal(-4.7, 0.2, w), np.log(PRIOR) + rng.normal(0, 0.2, N_BINS), [0.31, 0.11]]
    )
    young = model.is_young(np.array([7]))
    means, shapes = model.means(x[None], young)
    gradient, information = model.slopes(x[None], means, shapes, young)
    steps = 1e-5 * np.eye(len(x))

    def logs(at: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(model.means(at[None], young)[0][0], 1e-300))

    numeric = [
        (
            model.log_likelihood(model.means(x[None] + step, young)[0])[0]
            - model.log_likelihood(model.means(x[None] - step, young)[0])[0]
        )
        / 2e-5
        for step in steps
    ]
    assert gradient[0] == pytest.approx(numeric, abs=1e-4)
    jacobian = np.array([(logs(x + s) - logs(x - s)).ravel() / 2e-5 for s in steps])
    fisher = (jacobian * means.ravel()) @ jacobian.T
    assert information[0] == pytest.approx(fisher, abs=1e-4)


def test_a_mode_is_where_a_plain_search_ends(model: Model) -> None:
    hypotheses = of(model)
    start = np.concatenate([np.full(model.n_weeks, -4.6), np.log(PRIOR), [0.0, 0.0]])
    modes = model.modes(hypotheses, start[None])
    prior = model.prior_precision(hypotheses)
    young = model.is_young(np.array([7]))
    for i in range(len(hypotheses)):

        def depth(x: np.ndarray, i: int = i) -> float:
            off = model.off_prior(x)
            high = model.log_likelihood(model.means(x[None], young)[0])[0]
            return float(0.5 * off @ prior[i] @ off - high)

        plain = minimize(depth, start, method="L-BFGS-B", options={"maxiter": 500, "maxfun": 10**5})
        assert modes.height[i] == pytest.approx(-plain.fun, abs=0.05)
        assert modes.height[i] >= -plain.fun - 0.01


def test_shapes_add_up_and_only_the_young_are_stretched(model: Model) -> None:
    x = np.concatenate([np.full(model.n_weeks, -4.6), np.log(PRIOR), [0.5, 0.0]])[None]
    shapes = model.shapes(x)
    assert shapes.sum(axis=-1) == pytest.approx(1)
    assert shapes[0, 1] == pytest.approx(PRIOR)
    assert shapes[0, 0, 0] < PRIOR[0]
    assert shapes[0, 0, -2] > PRIOR[-2]
    assert shapes[0, 0, -1] == pytest.approx(PRIOR[-1])


def test_a_longer_tail_is_believed_more_readily() -> None:
    narrow, wide = ShapePrior().precision(), ShapePrior(tail=2.0).precision()
    assert wide[-1, -1] < narrow[-1, -1]
    assert wide[0, 0] == narrow[0, 0]
