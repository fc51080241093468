"""The notebook that schedulers of notebooks run."""

from __future__ import annotations

import json

import nbformat
import pytest

from odr_analysis.batch.schedule.batch_notebook import batch_notebook
from tests.unit.batch.schedule.made_run import a_run, called


def _run(text: str, **parameters: str) -> None:
    """Run its cells, with parameters after the cell of parameters as papermill puts them."""
    names: dict[str, object] = {}
    for cell in nbformat.reads(text, as_version=4).cells:
        exec(cell.source, names)
        if "parameters" in cell.metadata.tags:
            names |= parameters


def test_it_is_a_notebook_that_calls_odr_with_the_day(tmp_path, capfd):
    run = a_run(tmp_path)
    text = batch_notebook(run)
    nbformat.validate(nbformat.reads(text, as_version=4))
    _run(text)
    assert called(tmp_path) == run.arguments("today")
    assert "3 reports made" in capfd.readouterr().out
    _run(text, as_of="2026-09-30")
    assert called(tmp_path) == run.arguments("2026-09-30")


def test_a_batch_that_fails_fails_the_job(tmp_path):
    run = a_run(tmp_path)
    run.odr.write_text("#!/bin/sh\nexit 4\n")
    with pytest.raises(RuntimeError, match="ended with code 4"):
        _run(batch_notebook(run))


def test_the_kernel_can_be_named(tmp_path):
    notebook = json.loads(batch_notebook(a_run(tmp_path), "odr"))
    assert notebook["metadata"]["kernelspec"]["name"] == "odr"
