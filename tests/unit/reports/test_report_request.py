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
    "given", [{"policy": "as-reported"}, {"lag_days": 14}, {"marketplace": "x"}]
)
def test_a_page_and_its_summary_cannot_go_by_different_rules(
    seller: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    own = notebook(tmp_path / "own.ipynb", 'folder: str = "x"')
    with pytest.raises(ParameterError, match=f"unknown parameter '{next(iter(given))}'"):
        asked(seller, own, **given)


def test_a_day_to_come_and_an_empty_folder_are_refused(seller: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="after today"):
        asked(seller, as_of="2026-12-24")
    with pytest.raises(OdrError, match="no file in this folder"):
        asked(tmp_path)
