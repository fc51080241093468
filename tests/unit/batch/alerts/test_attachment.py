"""The page as PDF."""

from __future__ import annotations

import pytest

from odr_analysis.batch.alerts import attachment
from odr_analysis.batch.alerts.attachment import pdf_of
from tests.browser.conftest import chromium_path


def test_a_page_becomes_a_pdf(tmp_path):
    chromium_path()
    page, pdf = tmp_path / "a page.html", tmp_path / "out" / "a.pdf"
    pdf.parent.mkdir()
    page.write_text("<h1>5 accounts</h1>")
    assert pdf_of(page, pdf) == ""
    assert pdf.read_bytes().startswith(b"%PDF")


def test_without_chromium_it_states_so(tmp_path, monkeypatch):
    monkeypatch.setattr(attachment, "BROWSERS", ("no-such-browser",))
    assert pdf_of(tmp_path / "a.html", tmp_path / "a.pdf") == (
        "there is no Chromium on this machine to print it"
    )


@pytest.mark.parametrize(("script", "why"), [("exit 3", "could not"), ("exit 0", "nothing")])
def test_a_chromium_that_fails_is_not_the_end(tmp_path, monkeypatch, script, why):
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert why in pdf_of(tmp_path / "a.html", tmp_path / "a.pdf")
