"""The worklist in words and as JSON: what is due, what is closed, what must not be done."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from odr_analysis import load_sample, worklist
from odr_analysis.actions.steps import STEPS
from odr_analysis.answer.parts.worklist import (
    MOST_WHYS,
    deadline_text,
    todo,
    worklist_json,
    worklist_lines,
    worklist_text,
)
from odr_analysis.save_tables import to_csv
from odr_analysis.texts.removal_rules import NEVER_FOR_FEEDBACK
from tests.unit.actions.test_worklist import DAY, MAIL, a, account, ago

TODAY = DAY.date()


def table(*cases: dict[str, Any], **more: Any) -> pd.DataFrame:
    return worklist(account(*cases, **more))


def lines(*cases: dict[str, Any]) -> list[str]:
    return worklist_lines(table(*cases), TODAY)


def test_nothing_to_work_on_is_one_line() -> None:
    assert lines() == ["No defect is known, so there is none to work on."]


def test_what_is_due_next_and_what_is_overdue() -> None:
    assert lines(
        a("claim", 1, "pending", order_id="next"),
        a("claim", 8, "granted", decided_on=ago(8), order_id="later"),
        a("claim", 9, "pending", order_id="over"),
        a("chargeback", 20, "lost", order_id="undated"),
    ) == [
        "4 of 4 defects can still be acted on, overdue steps first, then the most valuable.",
        "Due next: answer the claim, order next, by 2 Oct (2 days left).",
        "1 step is past the deadline and may still be heard: do these at once.",
    ]
    two = a("claim", 9, "pending"), a("claim", 8, "pending", order_id="y")
    assert lines(*two)[1].startswith("2 steps are past the deadline")
    assert lines(a("claim", 2, "pending"))[1].endswith("by 1 Oct (1 day left).")
    assert lines(a("claim", 3, "pending"))[1].endswith("by 30 Sep (0 days left).")


def test_what_must_not_be_done_about_feedback_is_always_said() -> None:
    assert lines(a("feedback", 3))[-1] == NEVER_FOR_FEEDBACK
    assert NEVER_FOR_FEEDBACK not in lines(a("claim", 3, "pending"))
    assert NEVER_FOR_FEEDBACK not in lines(a("feedback", 3, age=74))


def test_what_is_closed_is_told_with_its_reason() -> None:
    refunded = "refunded after the claim was filed: that stays in ODR."
    assert lines(a("claim", 20, "refunded")) == [
        "Nothing can be done about the one defect.",
        f"Nothing left for 1 defect: {refunded}",
    ]
    closed = [a("claim", 20, "refunded", order_id=o) for o in "ab"]
    assert lines(*closed, a("feedback", 3, age=73)) == [
        "Nothing can be done about any of the 3 defects.",
        f"Nothing left for 2 defects: {refunded}",
        "Nothing left for 1 defect: leaves the window on 1 Oct 2026, before a success would show.",
    ]


def test_many_reasons_why_nothing_is_left_are_not_all_listed() -> None:
    cases = [
        a("claim", 50, "granted", decided_on=ago(31 + i), order_id=f"o{i}", age=60)
        for i in range(MOST_WHYS + 2)
    ]
    told = lines(*cases, a("claim", 50, "refunded", order_id="r"), a("claim", 1, order_id="open"))
    named = [line for line in told if line.startswith("Nothing left for 1 defect: ")]
    assert len(named) == MOST_WHYS
    assert told[-1] == "Nothing left for 3 more defects; each says why."


@pytest.mark.parametrize(
    ("deadline", "days", "said"),
    [
        (pd.NaT, pd.NA, "–"),
        (pd.Timestamp("2026-10-04"), 3, "4 Oct, 3 days left"),
        (pd.Timestamp("2026-10-01"), 1, "1 Oct, 1 day left"),
        (pd.Timestamp("2026-09-30"), 0, "30 Sep, today"),
        (pd.Timestamp("2026-09-14"), -16, "was 14 Sep"),
        (pd.Timestamp("2027-01-02"), 94, "2 Jan 2027, 94 days left"),
    ],
)
def test_a_deadline_in_words(deadline: Any, days: Any, said: str) -> None:
    assert deadline_text(deadline, days, 2026) == said


def test_the_list_for_a_terminal_has_each_step_once_with_what_is_forbidden() -> None:
    found = table(
        a("claim", 1, "pending", order_id="first"),
        a("claim", 2, "pending", order_id="second"),
        a("feedback", 3, order_id="third", comment="Came broken."),
        a("claim", 9, "refunded", order_id="closed"),
    )
    told = worklist_text(found, TODAY)
    text = "\n".join(told)
    assert told[0] == "What to do first, as of 30 Sep 2026:"
    at = told.index("  1. second  Seller-fulfilled, A-to-z claim: answer the claim")
    assert told[at + 1] == (
        "     lowers ODR by 1.85 points; 35 days left in the window; deadline 1 Oct, 1 day left; "
        "chance 35 % (guess)"
    )
    assert "     “Came broken.”" in told
    assert "closed" not in text
    for name in ("answer the claim", "solve it, then ask the buyer"):
        step = STEPS[name]
        assert told.count(f"{name[0].upper()}{name[1:]}. {step.allowed}") == 1
        assert told.count(f"  {step.forbidden}") == 1
    assert "more; --all lists them" not in text
    short = worklist_text(found, TODAY, most=1)
    assert "2 more; --all lists them, --csv writes all." in short
    assert STEPS["solve it, then ask the buyer"].allowed not in "\n".join(short)


def test_a_store_is_named_where_there_are_several() -> None:
    found = table(a("claim", 1, "pending"), a("claim", 1, "pending", order_id="y"))
    found.loc[1, "marketplace"] = "Amazon.fr"
    assert any("Seller-fulfilled on Amazon.fr, " in line for line in worklist_text(found, TODAY))


HOSTILE = '=HYPERLINK("http://x")|<script>alert(1)</script>\x1b[31m\r\nsecond line'


def test_hostile_words_do_no_harm_in_a_terminal_a_csv_and_json(tmp_path: Any) -> None:
    found = table(a("feedback", 3, comment=HOSTILE), a("claim", 3, reason=HOSTILE, order_id="y"))
    text = "\n".join(worklist_text(found, TODAY))
    assert "\x1b" not in text
    assert "<script>" not in text
    assert "\r" not in text
    path = to_csv(found, tmp_path / "todo.csv")
    back = pd.read_csv(path, encoding="utf-8-sig")
    assert back.evidence.str.startswith("'=HYPERLINK").tolist() == [True, True]
    assert len(path.read_bytes().splitlines()) == 3, "a header and a line each"
    told = json.loads(worklist_json(found, TODAY))
    assert [row["evidence"] for row in told["worklist"]] == found.evidence.tolist()


def test_json_has_the_table_unrounded_with_iso_days_and_nothing_for_what_is_missing() -> None:
    found = table(
        a("claim", 1, "pending"),
        a("feedback", 3, comment=MAIL, order_id="y"),
        a("feedback", 3, order_id="z"),
        a("claim", 9, "refunded", order_id="closed"),
        placed=12,
    )
    told = json.loads(worklist_json(found, date(2026, 9, 30)))
    assert told["as_of"] == "2026-09-30"
    assert len(told["worklist"]) == 4
    for mine, row in zip(told["worklist"], found.to_dict("records"), strict=True):
        assert set(mine) == set(found.columns)
        for name, value in row.items():
            if pd.isna(value):
                assert mine[name] is None
            elif isinstance(value, pd.Timestamp):
                assert mine[name] == value.strftime("%Y-%m-%d")
            else:
                assert mine[name] == value, name
        assert isinstance(mine["days_left"], int)
    missing = [row["deadline"] is None for row in told["worklist"]]
    assert missing == found.deadline.isna().tolist()
    assert any(missing) != all(missing)
    assert json.loads(worklist_json(table(), TODAY)) == {"as_of": "2026-09-30", "worklist": []}


def test_what_to_do_holds_the_table_and_its_lines() -> None:
    found = table(a("feedback", 3), a("claim", 9, "refunded", order_id="y"))
    section = todo(found, TODAY, many_series=True)
    assert section.lines == tuple(worklist_lines(found, TODAY))
    assert section.open.order_id.tolist() == ["x"]
    assert (section.as_of, section.many_series) == (TODAY, True)


def test_steps_that_change_nothing_are_counted_apart() -> None:
    sample = worklist(load_sample())
    assert not any("change nothing" in line for line in worklist_lines(sample, TODAY))
    vain = sample.assign(worth=sample.worth.where(sample.index != 0, 0.0))
    assert "1 of these steps changes nothing: the order has another defect that stays." in (
        worklist_lines(vain, TODAY)
    )


def test_a_defect_with_nothing_left_to_do_would_lower_odr_and_does_not() -> None:
    closed = worklist(load_sample()).query("step == ''")
    assert len(closed)
    assert closed.effect_text.str.startswith("would lower ODR by").all()
