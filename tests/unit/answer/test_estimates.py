"""Few defects in counts and probabilities, recounted from the draws; priors in words."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.answer.estimates import few_defects, is_few, prior_sentences
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import MATURE, SHOWN, UNION, nowcast
from odr_analysis.forecasting.priors import PRIORS
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import simulated

PAIR = ("Amazon.de", "mfn")


def test_counts_and_probabilities_are_those_of_the_draws() -> None:
    rng = np.random.default_rng(1)
    draws = 1 + rng.poisson(0.8, 500)
    found = few_defects(draws, 1, 150)
    assert found is not None
    for count, p in found.at_least:
        assert p == sum(d >= count for d in draws.tolist()) / 500
    assert [count for count, _ in found.at_least] == [2, 3, 4]
    assert found.p_breach == sum(100 * d >= 150 for d in draws.tolist()) / 500
    assert found.n_to_breach == 1
    assert "%" not in found.sentence.replace(" %", "")
    assert "." not in found.sentence.replace(". ", "").rstrip(".")


@pytest.mark.parametrize(
    ("draws", "known", "orders", "sentence"),
    [
        (
            [0] * 80 + [1] * 20,
            0,
            80,
            "No defective order is reported; 1 or more in the end: 20 %. "
            "One more and the rate is 1 % or higher.",
        ),
        (
            [1] * 100,
            1,
            250,
            "1 defective order is reported; 2 or more in the end: less than 1 %. "
            "Two more and the rate is 1 % or higher.",
        ),
        (
            [1] * 999 + [2],
            1,
            100,
            "1 defective order is reported; 2 or more in the end: less than 1 %. "
            "The rate is 1 % or higher already.",
        ),
    ],
)
def test_sentences(draws: list, known: int, orders: int, sentence: str) -> None:
    found = few_defects(np.array(draws), known, orders)
    assert found is not None
    assert found.sentence == sentence


def test_of_a_nowcast_and_of_a_day_ahead() -> None:
    table = simulated(2, rate=0.008, seed=4)
    now = nowcast(table)
    row = now.table.iloc[0]
    draws = now.draws[*PAIR, SHOWN, UNION, MATURE]
    assert is_few(draws)
    found = few_defects(draws, row.n_reported, row.n_orders)
    assert found is not None
    assert found.n_known == row.n_reported
    ahead = forecast(table, horizon_days=30)
    defective, orders = ahead.draws[PAIR]
    day = ahead.table.iloc[30]
    then = few_defects(defective[:, 30], day.known_defective, orders[:, 30], when="on 30 Oct")
    assert then is not None
    assert "on 30 Oct" in then.sentence
    assert then.p_breach == pytest.approx(day.p_breach, abs=0.06)


def test_another_target() -> None:
    found = few_defects(np.array([1, 2]), 1, 100, Policy(target=0.02))
    assert found is not None
    assert found.sentence.endswith("One more and the rate is 2 % or higher.")


def test_no_order_is_no_rate_and_contradicting_draws_are_refused() -> None:
    assert few_defects(np.array([0, 0]), 0, 0) is None
    with pytest.raises(ParameterError, match="2 or more"):
        few_defects(np.array([1, 3]), 2, 100)
    with pytest.raises(ParameterError, match="got none"):
        few_defects(np.array([], dtype=int), 0, 100)


@pytest.mark.parametrize("prior", PRIORS.values(), ids=PRIORS)
def test_a_prior_in_words(prior: Prior) -> None:
    (only,) = prior_sentences(prior)
    assert prior.basis in only
    assert len(prior_sentences(prior, 0.25)) == 2
    assert prior_sentences(prior, 0.25)[1].startswith("25 % of this account's estimate")
