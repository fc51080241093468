"""A report is refused before anything starts, or has all it needs."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.policy import Policy
from odr_analysis.reports.report_request import REPORT, Request, notebook_path, request_of
from tests.unit.reports.test_parameters import notebook

NOW = date(2026, 11, 29)


def test_a_notebook_is_found_by_its_name_or_as_a_file(tmp_path: Path) -> None:
    assert notebook_path(REPORT).name == notebook_path("05-report").name == REPORT
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"')
    assert notebook_path(own) == notebook_path(os.path.relpath(own)) == own
    with pytest.raises(OdrError, match=r"no notebook '05-reports'; did you mean '05-report'\?"):
        notebook_path("05-reports")
    with pytest.raises(ParameterError, match="04-what-if"):
        notebook_path(tmp_path / "none.ipynb")


def asked(folder: Path, own: str | Path = REPORT, **given: object) -> Request:
    return request_of(folder, given, notebook=own, account_name="Shoes", now=NOW)


def test_the_notebook_gets_what_it_declares(seller: Path, tmp_path: Path) -> None:
    request = asked(seller, lag_days="14", as_of="2026-09-30", cache="/elsewhere")
    assert request.policy == Policy().with_changes(lag_days=14)
    assert request.of_notebook == request.given
    assert "cache" not in request.given
    assert request.given["today"] == NOW.isoformat()
    assert request.given["rules"] == [["lag_days", 14]]
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"\nas_of: str = ""')
    request = asked(seller, own, as_of="2026-09-30")
    assert request.of_notebook == {"folder": str(seller.resolve()), "as_of": "2026-09-30"}
    assert request.given["account_name"] == "Shoes"


@pytest.mark.parametrize(
    ("given", "by", "line"),
    [
        (
            {"policy": "as-reported"},
            "--policy, or in the file of accounts",
            'policy: str = "amazon-current"',
        ),
        (
            {"marketplace": "Amazon.de"},
            "--marketplace, or in the file of accounts",
            'marketplace: str = ""',
        ),
        ({"lag_days": 14}, "a rule of the policy", "rules: list = []"),
        ({"no_claims_known_to": "2026-09-30"}, "a rule of the policy", "rules: list = []"),
        ({"known_on": "2026-09-30"}, "--known-on", 'known_on: str = ""'),
        ({"as_of": "2026-09-30"}, "--as-of", 'as_of: str = ""'),
        ({"loss_budget": 0.2}, "--loss-budget", "loss_budget: float = 0.01"),
        ({"scenarios": []}, "--scenario", "scenarios: list = []"),
    ],
)
def test_a_page_and_its_summary_cannot_go_by_different_rules(
    seller: Path, tmp_path: Path, given: dict[str, object], by: str, line: str
) -> None:
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"')
    with pytest.raises(ParameterError) as error:
        asked(seller, own, **given)
    (name,) = given
    assert str(error.value).splitlines()[:2] == [
        "Parameters of own.ipynb do not fit:",
        f"  It has no parameter {name!r} ({by}). Leave that out, or add {line} to its cell with "
        "parameters and load the account by it.",
    ]
    # What the sentence says to add is enough.
    own = notebook(tmp_path / "own.ipynb", f'folder: str = "x"\n{line}')
    request = asked(seller, own, **given)
    assert line.partition(":")[0] in request.of_notebook


def test_single_rules_reach_page_and_summary_also_of_a_notebook_without_a_policy(
    seller: Path, tmp_path: Path
) -> None:
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"\nrules: list = []')
    request = asked(seller, own, lag_days=14)
    assert request.policy == Policy().with_changes(lag_days=14)
    assert request.of_notebook["rules"] == [["lag_days", 14]]


def test_a_name_is_for_the_page_whatever_the_notebook_declares(
    seller: Path, tmp_path: Path
) -> None:
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"')
    request = request_of(seller, {"account_name": "Zebra Shop"}, notebook=own, now=NOW)
    assert request.given["account_name"] == "Zebra Shop"
    assert "account_name" not in request.of_notebook


@pytest.mark.parametrize(
    "name", ["01-load-and-check", "02-odr-over-time", "03-why-it-moved", "04-what-if", "05-report"]
)
def test_what_an_account_of_a_batch_sets_every_notebook_of_the_toolkit_takes(
    seller: Path, name: str
) -> None:
    given = {"policy": "as-reported", "marketplace": "Amazon.de", "lag_days": 14}
    request = asked(seller, name, **given)
    assert request.policy.lag_days == 14
    told = request.of_notebook
    assert (told["account_name"], told["marketplace"]) == ("Shoes", "Amazon.de")
    assert (told["policy"], told["rules"]) == ("as-reported", [["lag_days", 14]])


def test_a_day_to_come_and_an_empty_folder_are_refused(seller: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="after today"):
        asked(seller, as_of="2026-12-24")
    with pytest.raises(OdrError, match="no file in this folder"):
        asked(tmp_path)
