"""Figures show by themselves in a fresh kernel: each of ours, and each of the user's own."""

from __future__ import annotations

import os

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

PREPARED = """
from odr_analysis import component_rates, load_sample, plot_odr
account = load_sample()
rates = component_rates(account)
rates = rates[rates.channel == "mfn"]
"""
OWN = "import matplotlib.pyplot as plt\nplt.subplots()[1].plot([1, 2])\nNone"


@pytest.mark.parametrize("first", ["import matplotlib", "import matplotlib.pyplot", "pass"])
def test_every_figure_shows_in_a_fresh_kernel(first: str) -> None:
    drawing = ["plot_odr(rates)\nNone", "plot_odr(rates)\nNone", OWN, "plot_odr(rates)\nNone", OWN]
    cells = [nbformat.v4.new_code_cell(source) for source in (first, PREPARED, *drawing)]
    local = Config({"KernelManager": {"transport": "ipc"}}) if os.name == "posix" else Config()
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", config=local).execute()
    shown = [[sorted(o["data"]) for o in cell.outputs] for cell in notebook.cells[2:]]
    assert shown == [[["image/png", "text/plain"]]] * len(drawing)
