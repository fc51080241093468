"""The Japanese side of the catalogue: complete, and in an encoding its files can carry."""

from __future__ import annotations

import re

from odr_analysis.sample.model.catalogue import COMMENTS as EVERY
from odr_analysis.sample.model.catalogue import PRODUCTS
from odr_analysis.sample.model.catalogue_ja import CITIES, COMMENTS, FEEDBACK_HEADER, TITLES


def test_every_product_has_a_title_and_every_reason_a_comment() -> None:
    assert TITLES.keys() == {product.sku for product in PRODUCTS}
    assert COMMENTS.keys() == EVERY.keys()
    assert all(COMMENTS.values())


def test_every_text_can_be_written_in_cp932() -> None:
    texts = [*TITLES.values(), *FEEDBACK_HEADER]
    texts += [text for some in COMMENTS.values() for text in some]
    texts += [part for place in CITIES for part in place]
    for text in texts:
        assert text.encode("cp932").decode("cp932") == text


def test_places_are_town_prefecture_and_postcode() -> None:
    for town, prefecture, postcode in CITIES:
        assert town[-1] in "区市"
        assert prefecture[-1] in "都道府県"
        assert re.fullmatch(r"\d{3}-\d{4}", postcode)
