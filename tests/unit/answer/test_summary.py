"""Summary and its schema hold together; CSV is safe to open."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import jsonschema
import pytest

from odr_analysis.answer.summary import summary_schema, to_summary
from odr_analysis.policy import Policy
from tests.oracle import make_account, rate_on

TODAY = date(2026, 9, 30)


@pytest.fixture
def account():
    rows = [(f"a-{i}", date(2026, 8, 1), "Amazon.de", "mfn") for i in range(101)]
    rows += [("b-1", date(2026, 1, 1), "Amazon.de", "afn")]
    return make_account(rows, [("a-1", "claim", date(2026, 9, 1))], known_to=TODAY)


@pytest.fixture
def validator():
    schema = summary_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_summary_is_what_the_oracle_counts(account):
    summary = to_summary(account)
    assert summary["as_of"] == "2026-09-30"
    assert summary["window"] == {
        "from": "2026-07-18",
        "to": "2026-09-15",
        "days": 60,
        "lag_days": 15,
    }
    assert summary["policy"] == Policy().to_dict()
    mfn, afn = summary["rates"]
    slow = rate_on(account, TODAY, "Amazon.de", "mfn")
    for name in ("n_orders", "n_defective", "n_feedback", "n_claim", "n_chargeback"):
        assert mfn[name] == slow[name]
    assert mfn["odr"] == 1 / 101
    assert (mfn["state"], mfn["defect_budget"]) == ("warning", 0)
    assert (afn["n_orders"], afn["odr"], afn["state"]) == (0, None, "no data")


def test_summary_fits_its_schema(account, validator):
    validator.validate(to_summary(account))


def test_every_field_of_the_schema_is_in_the_summary(account):
    """The other direction: the schema promises nothing a summary does not carry."""
    summary, schema = to_summary(account), summary_schema()
    rate = schema["properties"]["rates"]["items"]
    # Only files of a report have these; tests/unit/test_cli_failures.py looks at them.
    for name in ("run_id", "made"):
        del schema["properties"][name]
    for part, data in (
        (schema, summary),
        (schema["properties"]["policy"], summary["policy"]),
        (schema["properties"]["window"], summary["window"]),
        (schema["properties"]["receipt"], summary["receipt"]),
        (rate, summary["rates"][0]),
    ):
        assert set(part["properties"]) == set(part["required"]) == set(data)
        assert part["additionalProperties"] is False


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s.pop("window"),
        lambda s: s.update(extra=1),
        lambda s: s.update(as_of="30.09.2026"),
        lambda s: s["rates"][0].update(n_orders=1.5),
        lambda s: s["rates"][0].update(odr=107.0),
        lambda s: s["rates"][0].update(channel="fba"),
        lambda s: s["rates"][0].update(state="fine"),
        lambda s: s["policy"].pop("lag_days"),
    ],
)
def test_the_schema_refuses_what_is_wrong(account, validator, spoil):
    summary = deepcopy(to_summary(account))
    spoil(summary)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(summary)
