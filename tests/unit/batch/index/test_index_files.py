"""Index files: counts, what the next run compares with, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import json
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest

from odr_analysis.answer.summary import summary_schema
from odr_analysis.batch.index.earlier_runs import read_runs
from odr_analysis.batch.index.index_files import CSV, INDEX_COLUMNS, JSON, index_schema
from odr_analysis.batch.index.write_index import write_index
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome, many

HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def _index(out):
    return json.loads((out / JSON).read_text("utf-8"))


def test_the_counts_add_up(tmp_path):
    outcomes = many(30)
    rows = write_index(tmp_path, outcomes, {})
    index = _index(tmp_path)
    counts = index["counts"]
    assert index["day"] == "2026-09-30"
    assert counts["accounts"] == len(index["accounts"]) == 30
    status = Counter(o.status for o in outcomes)
    assert {s: counts[s] for s in ("made", "unchanged", "failed")} == {
        s: status[s] for s in ("made", "unchanged", "failed")
    }
    assert counts["failed"] == counts["states"]["failed"] == 1
    assert sum(counts["states"].values()) == 30
    assert [one["account"] for one in index["accounts"]] == [row.account for row in rows]
    by_name = {o.account: o for o in outcomes}
    for one in index["accounts"]:
        assert one["folder"] == by_name[one["account"]].place
        for rate in one["rates"]:
            assert rate["odr"] == pytest.approx(rate["n_defective"] / rate["n_orders"])


def test_the_table_has_a_row_per_rate_and_none_starts_a_formula(tmp_path):
    outcomes = [
        an_outcome(HOSTILE, a_rate(1000, 20), a_rate(500, 1, channel="afn"), place="accounts/a"),
        an_outcome("@broken", reason="=1+1 is not a file.", place="accounts/b"),
    ]
    write_index(tmp_path, outcomes, {})
    with (tmp_path / CSV).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(INDEX_COLUMNS)
    assert [(r["place"], r["channel"], r["state"]) for r in rows] == [
        ("1", "mfn", "critical"),
        ("1", "afn", "critical"),
        ("2", "", "failed"),
    ]
    assert rows[0]["account"] == f"'{HOSTILE}"
    assert (rows[2]["account"], rows[2]["reason"]) == ("'@broken", "'=1+1 is not a file.")
    assert float(rows[0]["odr"]) == 0.02
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory):
    """An index of accounts made, unchanged, failed and never run, after a run before."""
    out = tmp_path_factory.mktemp("index")
    cause = {"reason": "not received", "factor": "carrier", "level": "DHL", "at_least": 1.4}
    cause |= {"n_orders": 300, "n_defective": 9}
    claim = {"order_id": "028-1", "reported_on": None, "value": None, "currency": ""}
    claim |= {"marketplace": "Amazon.de", "channel": "mfn"}

    def of(day):
        rates = [a_rate(1000, 20, top_cause=cause), a_rate(500, 1, channel="afn")]
        over = a_summary(*rates, claims=[claim], as_of=day.isoformat())
        steady = an_outcome("Steady", a_rate(1000, 1), day=day)
        return [
            an_outcome("Made", summary=over, day=day),
            replace(steady, status="unchanged", attempts=0),
            an_outcome("Failed late", reason="No order.", summary=over, day=day),
            an_outcome("Failed at once", reason="No folder.", day=day),
            an_outcome("Unknown", a_rate(900, 2, missing=["no file of feedback"]), day=day),
            an_outcome("Empty", a_rate(0, 0), day=day),
        ]

    for day in (DAY - timedelta(days=1), DAY):
        never = an_outcome("Never run", status="left out", attempts=0, day=day)
        late = replace(of(day)[-3], account="Left", status="left out", attempts=0)
        write_index(out, [*of(day), never, late], read_runs(out))
    return _index(out)


@pytest.fixture(scope="module")
def validator():
    schema = index_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_the_index_fits_its_schema_and_the_schema_promises_nothing_more(every_kind, validator):
    validator.validate(every_kind)
    states = {one["state"] for one in every_kind["accounts"]}
    assert states == {"critical", "failed", "unknown", "healthy", "no data"}
    assert all(one["before"] for one in every_kind["accounts"])
    schema = index_schema()
    account = schema["properties"]["accounts"]["items"]
    rate = account["properties"]["rates"]["items"]["properties"]
    (made,) = (one for one in every_kind["accounts"] if one["account"] == "Made")
    for part, data in (
        (schema, every_kind),
        (schema["properties"]["counts"], every_kind["counts"]),
        (schema["properties"]["counts"]["properties"]["states"], every_kind["counts"]["states"]),
        (account, made),
        (account["properties"]["before"], made["before"]),
        (account["properties"]["rates"]["items"], made["rates"][0]),
        *((rate[name], made["rates"][0][name]) for name in ("mature", "next_roll_off")),
        (rate["top_cause"], made["rates"][0]["top_cause"]),
    ):
        assert set(part["properties"]) == set(part["required"]) == set(data)
        assert part["additionalProperties"] is False


def test_what_the_index_has_of_a_summary_is_what_the_summary_promises():
    account = index_schema()["properties"]["accounts"]["items"]["properties"]
    mine = account["rates"]["items"]["properties"]
    its = summary_schema()["properties"]["rates"]["items"]["properties"]
    for name in ("channel", "state", "odr", "mature", "p_breach_30", "next_roll_off", "top_cause"):
        assert mine[name] == its[name]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda i: i.update(schema_version="0.9"),
        lambda i: i.update(day="30.09.2026"),
        lambda i: i["counts"]["states"].pop("failed"),
        lambda i: i["accounts"][0].update(state="fine"),
        lambda i: i["accounts"][0].update(status="failed"),
        lambda i: i["accounts"][0].update(reason="It failed."),
        lambda i: i["accounts"][0]["rates"][0].update(odr=2.0),
        lambda i: i["accounts"][0]["before"].update(more=1),
        lambda i: i["accounts"][0]["before"].update(known_state="failed"),
    ],
)
def test_the_schema_refuses_what_is_wrong(every_kind, validator, spoil):
    index = deepcopy(every_kind)
    assert index["accounts"][0]["account"] == "Made"
    spoil(index)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(index)
