"""Summary and its schema hold together; CSV is safe to open."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import jsonschema
import pytest

from odr_analysis import load_sample
from odr_analysis.answer.summary import summary_schema, to_summary
from odr_analysis.policy import Policy
from odr_analysis.receipt import Receipt
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


def test_what_is_expected_of_each_rate(validator):
    """On the sample, against the tables it comes from, counted the long way."""
    account = load_sample()
    summary, day = to_summary(account), account.on(account.known_to)
    validator.validate(summary)
    outlook = day.forecast.outlook.set_index(["marketplace", "channel"])
    assert len(summary["rates"]) == 2
    for rate in summary["rates"]:
        pair = rate["marketplace"], rate["channel"]
        mature = rate["mature"]
        # What is reported already stays, and the window is that of the rate shown.
        assert mature["n_orders"] == rate["n_orders"]
        assert rate["n_defective"] <= mature["lower"] <= mature["n_defective"] <= mature["upper"]
        defective, orders = day.forecast.paths[pair]
        over = [
            any(d >= 1 and 100 * d >= n for d, n in zip(ds[1:31], ns[1:31], strict=True))
            for ds, ns in zip(defective.tolist(), orders.tolist(), strict=True)
        ]
        assert rate["p_breach_30"] == pytest.approx(sum(over) / len(over))
        assert rate["p_breach_30"] <= outlook.p_breach_ahead[pair]
        left = [
            r.leaves_on.date()
            for r in day.defects.itertuples()
            if (r.marketplace, r.channel) == pair and r.phase == "counts"
        ]
        first = min(left) + timedelta(days=1)
        assert rate["next_roll_off"] == {"day": first.isoformat(), "n": left.count(min(left))}
    causes = {rate["channel"]: rate["top_cause"] for rate in summary["rates"]}
    assert (causes["mfn"]["level"], causes["mfn"]["n_defective"]) == ("Expedited", 6)
    assert causes["afn"] is None


def test_claims_carry_the_value_of_their_order():
    account = load_sample()
    claims = {claim["order_id"]: claim for claim in to_summary(account)["claims"]}
    day = account.on(account.known_to)
    assert set(claims) == set(day.defects.order_id[day.defects.claim]) != set()
    for order, claim in claims.items():
        lines = [i for i in account.items.itertuples() if i.order_id == order]
        assert claim["value"] == pytest.approx(sum(i.price for i in lines))
        assert claim["currency"] == lines[0].currency == "EUR"


def test_nothing_is_expected_of_a_rate_that_is_not_known():
    """One claim is known, and no file that would show the next."""
    orders = [(f"a-{i}", date(2026, 8, 1), "Amazon.de", "mfn") for i in range(500)]
    account = make_account(orders, [("a-1", "claim", date(2026, 9, 1))], known_to=TODAY)
    unknown = replace(account, receipt=Receipt(files=()))
    (rate,) = to_summary(unknown)["rates"]
    assert (rate["state"], rate["mature"], rate["p_breach_30"]) == ("unknown", None, None)
    assert rate["next_roll_off"] == {"day": "2026-10-15", "n": 1}
    (claim,) = to_summary(unknown)["claims"]
    assert (claim["value"], claim["currency"]) == (None, "")
    assert claim["reported_on"] == "2026-09-01"
