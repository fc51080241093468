"""The report notebook run through papermill into a page, a notebook and a summary."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from odr_analysis import errors
from odr_analysis.exports.files import walk
from odr_analysis.policy import Policy
from odr_analysis.reports.parameters import checked, parameters_of

REPORT = "05-report.ipynb"
STAGES = ("start", "imports", "load", "compute", "draw", "page")
"""What the time of a report is split into; cells of the notebook carry the middle four as tags."""

AFTER_KERNEL = ("pandas", "pyarrow.parquet", "nbconvert", "odr_analysis.html", "odr_analysis.load")
"""What the parent needs once the kernel is done, imported while it runs."""


@dataclass(frozen=True)
class ReportFiles:
    """Where a report was written, what it says in numbers, and where the time went.

    ``seconds`` maps each of ``STAGES`` and ``total`` to wall seconds.
    """

    notebook: Path
    page: Path
    summary_file: Path
    defects_file: Path
    summary: dict[str, Any]
    seconds: dict[str, float]


def notebook_path(name: str) -> Path:
    """A notebook of the toolkit: in the package when installed, else beside it in a checkout.

    Raises
    ------
    OdrError
        When there is no notebook of that name.
    """
    package = Path(__file__).parents[1]
    for place in (package / "notebooks", package.parent / "notebooks"):
        if (place / name).is_file():
            return place / name
    raise errors.OdrError(f"There is no notebook {name!r} in the toolkit.")


def run_report(
    folder: str | Path,
    out: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    cache: str | Path | None = "default",
) -> ReportFiles:
    """Run the report notebook on a folder of exports.

    Writes ``report.ipynb``, ``report.html``, ``summary.json`` and ``defective-orders.csv``
    into `out`; files of an earlier report there are replaced, and only when this one
    is complete.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports.
    out : str or pathlib.Path
        Folder to write into; made when missing.
    parameters : mapping, optional
        Parameters of the notebook by name (``as_of``, ``window_days``, ...); texts are
        turned into the declared type.
    cache : str, pathlib.Path or None
        As for :func:`~odr_analysis.load_account`.

    Raises
    ------
    ParameterError
        Unknown parameter or wrong type; no kernel has been started then.
    OdrError
        When the exports cannot be used.
    """
    began = time.perf_counter()
    folder, out = Path(folder).resolve(), Path(out)
    notebook = notebook_path(REPORT)
    declared = parameters_of(notebook)
    values = checked(parameters or {}, declared, REPORT)
    policy = policy_of(values)
    walk(folder)
    keep = tempfile.TemporaryDirectory(prefix="odr-") if cache is None else nullcontext(str(cache))
    with keep as cache_folder, tempfile.TemporaryDirectory(prefix="odr-") as made:
        values |= {"folder": str(folder), "cache": cache_folder}
        seconds = _execute(notebook, Path(made) / "report.ipynb", values)
        seconds["start"] += time.perf_counter() - began - sum(seconds.values())
        page_began = time.perf_counter()
        summary = _write_rest(Path(made), values, policy)
        out.mkdir(parents=True, exist_ok=True)
        for file in sorted(Path(made).iterdir()):
            shutil.move(file, out / file.name)
    seconds["page"] = time.perf_counter() - page_began
    seconds["total"] = time.perf_counter() - began
    return ReportFiles(
        out / "report.ipynb",
        out / "report.html",
        out / "summary.json",
        out / "defective-orders.csv",
        summary,
        seconds,
    )


def policy_of(values: Mapping[str, Any]) -> Policy:
    """The policy that report parameters describe; raises when they make no sense."""
    names = {f.name for f in fields(Policy)}
    return Policy().with_changes(**{k: v for k, v in values.items() if k in names})


def _execute(notebook: Path, target: Path, values: dict[str, Any]) -> dict[str, float]:
    """Run the notebook in a kernel of this interpreter; returns seconds by stage."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    warm = Thread(target=_import_ahead, daemon=True)
    warm.start()
    try:
        with warnings.catch_warnings():
            # The kernel listens on this machine only; papermill offers no other transport.
            warnings.filterwarnings("ignore", message=".*(?i:unencrypted|encrypt).*")
            done = papermill.execute_notebook(
                str(notebook),
                str(target),
                parameters=values,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                cwd=str(target.parent),
            )
    except PapermillExecutionError as error:
        kind = getattr(errors, error.ename, None)
        if isinstance(kind, type) and issubclass(kind, errors.OdrError):
            raise errors.OdrError(error.evalue) from error
        raise
    finally:
        warm.join()
    seconds = dict.fromkeys(STAGES, 0.0)
    for cell in done.cells:
        spent = cell.metadata.get("papermill", {}).get("duration") or 0.0
        tags = [t for t in cell.metadata.get("tags", []) if t in STAGES]
        seconds[tags[0] if tags else "compute"] += spent
    return seconds


def _import_ahead() -> None:
    for module in AFTER_KERNEL:
        import_module(module)


def _write_rest(made: Path, values: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Page, summary and table, from the executed notebook and the tables it left in the cache."""
    from odr_analysis.export import to_csv, to_summary
    from odr_analysis.html import save_page
    from odr_analysis.load import load_account
    from odr_analysis.rates import defective_orders

    save_page(made / "report.ipynb", made / "report.html")
    account = load_account(
        values["folder"],
        policy=policy,
        name=values.get("account_name") or None,
        loss_budget=values.get("loss_budget", 0.01),
        cache=values["cache"],
        marketplace=values.get("marketplace") or None,
    )
    as_of = values.get("as_of") or account.known_to
    summary = to_summary(account, as_of)
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
    (made / "summary.json").write_text(text + "\n", "utf-8")
    to_csv(defective_orders(account, as_of), made / "defective-orders.csv")
    return summary
