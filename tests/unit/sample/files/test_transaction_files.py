"""Date ranges and Finances as files."""

from __future__ import annotations

import json

from tests.unit.sample.written import Written


def test_finances_come_in_three_shapes(made: Written) -> None:
    (text,) = made.texts("finances")
    if made.truth["scenario"] == "witnesses-jp":
        pages = [json.loads(line) for line in text.splitlines()]
    else:
        document = json.loads(text)
        assert isinstance(document, dict) == (made.truth["scenario"] == "witnesses")
        pages = [document] if isinstance(document, dict) else document
    assert (len(pages) > 1) == (made.truth["scenario"] != "witnesses")
    lists = [page["payload"]["FinancialEvents"] for page in pages]
    events = sum(len(entries) for page in lists for entries in page.values())
    entry = next(e for e in made.truth["files"] if e["kind"] == "finances")
    assert events == entry["rows"]
    for name, component in (("GuaranteeClaim", "claim"), ("Chargeback", "chargeback")):
        n = sum(len(page[f"{name}EventList"]) for page in lists)
        assert n == sum(entry["seen"].get(f"{component} {o}", 0) for o in ("debited", "recovered"))
    assert "NextToken" not in pages[-1]["payload"]
