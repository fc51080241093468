"""The findings hold together: page, tables and summary have the same numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from odr_analysis import (
    Account,
    findings,
    load_account,
    load_sample,
    show,
    to_summary,
    words,
    write_sample,
)
from odr_analysis.answer.build import Findings
from odr_analysis.errors import ParameterError

KINDS = ("feedback", "claim", "chargeback")


@pytest.fixture(scope="module", params=["sample", "tiny", "two-stores"])
def account(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Account:
    if request.param == "sample":
        return load_sample()
    folder = tmp_path_factory.mktemp(request.param)
    write_sample(folder, orders=600, scenario=request.param)
    return load_account(folder, cache=None)


def by_series(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["marketplace"], row["channel"]): row for row in rows}


def test_the_page_shows_the_numbers_of_the_summary(account: Account) -> None:
    found, summary = findings(account), to_summary(account)
    answer = show(replace(found.answer, trends=())).html
    articles = dict(
        zip(
            [(card.marketplace, card.channel) for card in found.answer.cards],
            re.findall(r"<article.*?</article>", answer, re.S),
            strict=True,
        )
    )
    rates = by_series(summary["rates"])
    assert rates.keys() == articles.keys()
    for series, rate in rates.items():
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", articles[series]).replace("\xa0", " "))
        d, n = rate["n_defective"], rate["n_orders"]
        if n == 0:
            assert rate["odr"] is None
            continue
        stated = rate["official"] and (
            rate["official"]["n_defective"],
            rate["official"]["n_orders"],
        )
        texts = {
            f"{words.number(a)} of {words.counted(b, 'order')}"
            for a, b in ((d, n), stated or (d, n))
        }
        assert any(t in text for t in texts), text
        title = re.search(r'title="([^"]+)"', articles[series])
        assert title
        assert float(title[1]) == rate["odr"] == d / n
        bars = re.findall(r'class="odr-bar-n">(?:at least )?([\d,]+|not known)<', articles[series])
        assert [0 if b == "not known" else int(b.replace(",", "")) for b in bars] == [
            rate[f"n_{kind}"] for kind in KINDS
        ]
        assert f"odr-is-{rate['state'].replace(' ', '-')}" in articles[series]


def test_every_section_counts_what_the_summary_counts(account: Account) -> None:
    found = findings(account)
    rates = by_series(to_summary(account)["rates"])
    assert any(rate["n_defective"] for rate in rates.values())
    counting = found.defects.table[found.defects.table.phase == "counts"]
    moved = by_series(found.moved.table.to_dict("records"))
    ahead = found.ahead.table
    today = by_series(ahead[ahead.day == ahead.day.min()].to_dict("records"))
    trends = {(t.marketplace, t.channel): t.history.iloc[-1] for t in found.answer.trends}
    reasons = found.causes.reasons
    for series, rate in rates.items():
        d, n = rate["n_defective"], rate["n_orders"]
        mine = (counting.marketplace == series[0]) & (counting.channel == series[1])
        assert int(mine.sum()) == d
        assert (moved[series]["to_n_defective"], moved[series]["to_n_orders"]) == (d, n)
        assert (today[series]["n_defective"], today[series]["n_orders"]) == (d, n)
        told = reasons[(reasons.marketplace == series[0]) & (reasons.channel == series[1])]
        assert int(told.n_defective.sum()) == d
        if n:
            last = trends[series]
            assert (int(last.n_defective), int(last.n_orders)) == (d, n)
    worked_on = set(found.worklist.table.order_id)
    assert set(counting.order_id) <= worked_on


def test_head_and_summary_are_of_one_window(account: Account) -> None:
    head, summary = findings(account).head, to_summary(account)
    assert summary["as_of"] == head.as_of.isoformat()
    assert summary["window"]["from"] == head.window.start.isoformat()
    assert summary["window"]["to"] == head.window.end.isoformat()
    assert summary["freshness"] == list(head.freshness)
    assert summary["account"] == head.account


def test_a_section_is_made_once_and_only_when_it_is_read(account: Account) -> None:
    class Refusing:
        """A day that must not be asked for anything but its account."""

        def __init__(self, given: Account) -> None:
            self.account, self.as_of = given, given.known_to

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"{name} was worked out")

    unread: Any = Refusing(account)
    found = Findings(unread, 7, 75, "given")
    assert found.official is found.official
    with pytest.raises(AssertionError, match="rates was worked out"):
        _ = found.answer


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a: findings(a, moved_days=0),
        lambda a: findings(a, horizon_days=0),
        lambda a: findings(a, "soon"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_section_is_read(
    wrong: Callable[[Account], Findings],
) -> None:
    with pytest.raises(ParameterError):
        wrong(load_sample())
