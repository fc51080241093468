"""seaborn is imported by the figures it draws, and by nothing that a report needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from odr_analysis import write_sample
from odr_analysis.style import THEMES

ROOT = Path(__file__).parents[1]
DRAWN = ("plot_delays", "plot_drivers", "plot_shift", "plot_small_multiples", "plot_triangle")
OF_ALL = ("plot_shift", "plot_small_multiples")
"""Of them, those that draw every marketplace and channel in one figure."""


def run(code: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, env=environment, check=False
    )


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """An environment in which importing seaborn fails, in every process that is started."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "seaborn.py").write_text("raise RuntimeError('seaborn was imported')\n")
    path = os.pathsep.join([str(broken), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {"PYTHONPATH": path, "ODR_CACHE": str(tmp_path / "cache")}


def test_a_report_is_made_without_seaborn(tmp_path: Path, without: dict[str, str]) -> None:
    folder, out = tmp_path / "exports", tmp_path / "out"
    write_sample(folder, orders=600, seed=7, scenario="tiny")
    done = run(["-m", "odr_analysis.cli", "report", str(folder), "--out", str(out)], **without)
    assert done.returncode == 0, done.stderr
    (page,) = out.glob("*.html")
    assert "<svg" in page.read_text("utf-8")


def test_only_drawing_imports_it(without: dict[str, str]) -> None:
    every = "import odr_analysis.plots as p; [getattr(p, name) for name in p.__all__]"
    assert run(["-c", f"{every}; import odr_analysis.html"], **without).returncode == 0
    code = (
        f"import sys; {every}; print('seaborn' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    assert run(["-c", code]).stdout.split() == ["False", "False"]


DRAWING = f"""
import odr_analysis as odr
from odr_analysis.html.notebook import show_each, show_figure
from tests.test_seaborn import OF_ALL, table_of
for name in {DRAWN!r}:
    show = show_figure if name in OF_ALL else show_each
    try:
        show(getattr(odr, name), table_of(name))
    except RuntimeError as error:
        print(name, error)
    else:
        print(name, "was drawn")
"""


def outcomes(**more: str) -> list[str]:
    """What became of each figure, drawn one after the other in a process of their own."""
    done = run(["-c", DRAWING], **more)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith(DRAWN)]


def test_these_figures_are_drawn_by_it(without: dict[str, str]) -> None:
    # A failed import leaves no module behind, so each figure has to import it itself.
    assert outcomes(**without) == [f"{name} seaborn was imported" for name in DRAWN]
    drawn = outcomes(ODR_CACHE=without["ODR_CACHE"])
    assert drawn == [f"{name} was drawn" for name in DRAWN]


def table_of(name: str):
    """What a figure draws, of the sample."""
    import odr_analysis as odr

    account = odr.load_sample()
    maker = {
        "plot_delays": odr.report_delays,
        "plot_drivers": odr.drivers,
        "plot_shift": odr.shift,
        "plot_small_multiples": odr.component_rates,
        "plot_triangle": odr.cohorts,
    }
    return maker[name](account)


def test_settings_of_matplotlib_stay_as_they_were() -> None:
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    import odr_analysis as odr

    before = dict(mpl.rcParams)
    for theme in THEMES:
        grid = odr.plot_small_multiples(table_of("plot_small_multiples"), theme=theme)
        plt.close(grid.figure)
    assert dict(mpl.rcParams) == before
