"""The catalogue: what is sold, where to, and what buyers write."""

from __future__ import annotations

import pytest

from odr_analysis.sample.model import catalogue
from odr_analysis.sample.model.catalogue import (
    CITIES,
    CLAIM_REASONS,
    COMMENTS,
    ID_PREFIXES,
    LANGUAGES,
    PRODUCTS,
    REASONS,
    RETURN_REASONS,
)


def test_products_are_named_and_priced_as_each_store_does() -> None:
    plates = PRODUCTS[0]
    assert plates.sku == "KT-TELLER-6"
    assert plates.title("DE").startswith("Steingut")
    assert plates.title("US") == plates.title("FR") == "Stoneware Plate Set of 6, 26 cm"
    assert plates.title("JP").startswith("ストーンウェア")
    assert (plates.price_in("DE"), plates.price_in("JP")) == (39.9, 6_384)


def test_listings_differ_and_each_can_be_sold() -> None:
    assert len({p.sku for p in PRODUCTS}) == len(PRODUCTS)
    assert all(p.price > 0 and p.weight > 0 for p in PRODUCTS)


@pytest.mark.parametrize("country", sorted(CITIES))
def test_every_country_has_all_that_its_orders_and_comments_need(country: str) -> None:
    assert ID_PREFIXES[country]
    assert sum(LANGUAGES[country].values()) == pytest.approx(1.0)
    for language in LANGUAGES[country]:
        assert all(COMMENTS[reason].get(language) for reason in COMMENTS)


def test_prefixes_of_order_ids_are_those_of_one_country() -> None:
    every = [prefix for own in ID_PREFIXES.values() for prefix in own]
    assert len(set(every)) == len(every)
    assert all(len(prefix) == 3 and prefix.isdigit() for prefix in every)


def test_reasons_have_a_word_in_every_file_that_states_one() -> None:
    for channel, shares in REASONS.items():
        assert sum(shares.values()) == pytest.approx(1.0), channel
        assert shares.keys() <= COMMENTS.keys() & CLAIM_REASONS.keys()
    # What never arrived is not sent back.
    assert RETURN_REASONS.keys() == CLAIM_REASONS.keys() - {"not received"}
    assert not set(catalogue.PLAIN_RETURNS) & set(RETURN_REASONS.values())
