"""A field is checked the same way in a constructor, in a file and on the command line."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ParameterError
from odr_analysis.fields import KINDS, changed, field, kinds_of, nearest, read, shown


@attrs.frozen
class Parcel:
    """A record of each kind."""

    name: str = field("box")
    sides: int = field(6, "4 to 20", lambda n: 4 <= n <= 20)
    weight: float = field(1.5)
    sealed: bool = field(True)
    labels: list[str] = field(["fragile"])


def test_values_are_kept_or_refused_by_name() -> None:
    assert Parcel(sides=8, weight=2) == Parcel("box", 8, 2.0)
    assert type(Parcel(weight=2).weight) is float
    for name, value, expected in (
        ("name", 3, "str, got 3"),
        ("sides", "8", "int, got '8'"),
        ("sides", 8.0, "int, got 8.0"),
        ("sides", True, "int, got True"),
        ("sides", 3, "4 to 20, got 3"),
        ("weight", "2", "float, got '2'"),
        ("weight", False, "float, got False"),
        ("sealed", 1, "bool, got 1"),
        ("labels", "fragile", "list, got 'fragile'"),
    ):
        with pytest.raises(ParameterError, match=f"^parcel: {name} must be {expected}.$"):
            Parcel(**{name: value})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (str, "yes", "yes"),
        (int, "60", 60),
        (float, "0.5", 0.5),
        (float, "2", 2.0),
        (bool, "No", False),
        (bool, "on", True),
        (list, '[["a", 1]]', [["a", 1]]),
    ],
)
def test_a_text_is_read_as_a_person_writes_it(kind: type, text: str, value: object) -> None:
    known = {"it": KINDS[kind]}
    assert read({"it": text}, known, "parameter", text=True) == ({"it": value}, {})
    if kind is not str:
        assert read({"it": text}, known, "parameter")[0] == {}


@pytest.mark.parametrize(
    ("kind", "text"), [(int, "6.5"), (float, "much"), (bool, "2"), (list, "{}"), (list, "[")]
)
def test_a_text_that_is_none_is_refused(kind: type, text: str) -> None:
    values, wrong = read({"it": text}, {"it": KINDS[kind]}, "parameter", text=True)
    assert (values, wrong) == ({}, {"it": f"it must be {kind.__name__}, got {text!r}."})


def test_every_fault_is_named_at_once_and_what_fits_is_kept() -> None:
    given_ = {"sides": 8, "weight": "x", "color": "red", "label": []}
    values, wrong = read(given_, kinds_of(Parcel), "key")
    assert values == {"sides": 8}
    assert wrong == {
        "weight": "weight must be float, got 'x'.",
        "color": "unknown key 'color'.",
        "label": "unknown key 'label'; did you mean 'labels'?",
    }


def test_changes_make_a_new_record() -> None:
    parcel = Parcel()
    assert changed(parcel, {"sides": 8}) == Parcel(sides=8)
    assert parcel == Parcel()
    with pytest.raises(ParameterError, match=r"unknown field 'side'; did you mean 'sides'\? Known"):
        changed(parcel, {"side": 8})
    with pytest.raises(ParameterError, match="sides must be 4 to 20"):
        changed(parcel, {"sides": 3})


def test_long_values_are_cut_and_nested_ones_are_called_what_they_are() -> None:
    assert [shown(v) for v in (2**63, -(2**63), 2**63 - 1, {"a": 1}, [1])] == [
        "a number of more than 64 bits",
        "a number of more than 64 bits",
        "9223372036854775807",
        "a table",
        "a list",
    ]
    assert shown("x" * 58) == repr("x" * 58)
    assert shown("x" * 59) == "'" + "x" * 56 + "..."


def test_only_a_name_that_is_near_is_proposed() -> None:
    assert nearest("DAYS", ["days"]) == "; did you mean 'days'?"
    assert nearest("hours", ["days"]) == nearest(3, ["3"]) == "."
    assert nearest("nonsense", ["opsgenie"]) == nearest("books", ["shoes"]) == "."
    assert nearest("market", ["marketplace"]) == "; did you mean 'marketplace'?"


@given(n=st.integers(-(2**70), 2**70))
def test_whole_numbers_have_64_bits(n: int) -> None:
    values, _ = read({"it": n}, {"it": KINDS[int]}, "key")
    assert values == ({"it": n} if abs(n) < 2**63 else {})
