"""The command line as a scheduler and a person meet it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from odr_analysis import cli, component_rates, load_account, load_policy
from odr_analysis.errors import OdrError
from odr_analysis.reports import runner
from odr_analysis.sample import write_sample

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "odr_analysis" / "summary.schema.json").read_text("utf-8"))


def odr(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to start a kernel fails the test."""
    import papermill

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(papermill, "execute_notebook", refuse)


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("seller")
    truth = write_sample(folder, orders=1_500, seed=4, scenario="us")
    return folder, json.loads(truth.read_text("utf-8"))


@pytest.fixture(scope="module")
def report(
    seller: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("out")
    return out, odr("report", seller[0], "--out", out, "--fail-on", "critical", "--timings")


def test_report_writes_everything_and_gives_the_truth(
    seller: tuple[Path, dict[str, Any]], report: tuple[Path, Result]
) -> None:
    out, run = report
    truth = seller[1]
    assert run.exception is None or isinstance(run.exception, SystemExit), run.output
    assert sorted(p.name for p in out.iterdir()) == [
        "defective-orders.csv",
        "report.html",
        "report.ipynb",
        "summary.json",
    ]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(summary)
    assert summary["as_of"] == truth["as_of"]
    told = {(r["marketplace"], r["channel"]): r for r in summary["rates"]}
    for row in truth["rates"]:
        got = told[row["marketplace"], row["channel"]]
        for name in ("n_orders", "n_defective", "n_feedback", "n_claim", "n_chargeback"):
            assert got[name] == row[name], name
    for f in summary["receipt"]["files"]:
        assert f["rows_read"] == f["rows_kept"] + sum(f["rows_dropped"].values())


def test_exit_code_follows_the_worst_rate(report: tuple[Path, Result]) -> None:
    out, run = report
    states = {r["state"] for r in json.loads((out / "summary.json").read_text())["rates"]}
    assert run.exit_code == (1 if "critical" in states else 0)


def test_report_prints_a_line_per_channel_and_where_the_files_are(
    report: tuple[Path, Result],
) -> None:
    out, run = report
    assert "Amazon.com" in run.output
    assert str(out / "report.html") in run.output
    assert "mfn" in run.output
    assert "afn" in run.output
    assert all(stage in run.output for stage in runner.STAGES)


def test_the_table_has_no_formula(report: tuple[Path, Result]) -> None:
    out, _ = report
    with (out / "defective-orders.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-p", "windowdays", "30"], "did you mean 'window_days'"),
        (["-p", "window_days", "thirty"], "window_days must be int"),
        (["-p", "window_days", "0"], "window_days must be at least 1"),
        (["-p", "day_boundary", "mars"], "day_boundary must be"),
        (["--marketplace", "Amazon.xx"], "Amazon.xx"),
    ],
)
def test_a_wrong_parameter_stops_before_a_kernel_starts(
    arguments: list[str], told: str, seller: tuple[Path, Any], tmp_path: Path, no_kernel: None
) -> None:
    run = odr("report", seller[0], "--out", tmp_path / "out", *arguments)
    assert run.exit_code == 2
    assert told in run.stderr
    assert "Traceback" not in run.output + run.stderr
    assert not (tmp_path / "out").exists()


def test_an_empty_or_missing_folder_stops_before_a_kernel_starts(
    tmp_path: Path, no_kernel: None
) -> None:
    (tmp_path / "in").mkdir()
    run = odr("report", tmp_path / "in", "--out", tmp_path / "out", "--no-cache")
    assert run.exit_code == 2
    assert "no file in this folder" in run.stderr
    assert odr("report", tmp_path / "nowhere").exit_code == 2


def test_unusable_input_is_told_plainly_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.jpg").write_bytes(b"\xff\xd8\xff\xe0photo")
    run = odr("report", tmp_path / "in", "--out", tmp_path / "out", "--no-cache")
    assert run.exit_code == 2
    assert "photo" in run.stderr
    assert "All Orders" in run.stderr
    assert "Traceback" not in run.output + run.stderr
    assert not (tmp_path / "out").exists()


def test_a_day_that_is_none_is_refused(seller: tuple[Path, Any]) -> None:
    run = odr("report", seller[0], "--as-of", "30.09.2026")
    assert run.exit_code == 2
    assert "2026-09-30" in run.stderr


def test_load_tells_the_same_as_text_and_as_json(seller: tuple[Path, Any]) -> None:
    told = json.loads(odr("load", seller[0], "--json").stdout)
    text = odr("load", seller[0])
    assert text.exit_code == 0
    for f in told["files"]:
        assert f["file"] in text.output
        assert {"kind", "encoding", "delimiter", "locale", "sha256"} <= set(f)
    assert f"{told['rows_read']:,} rows read = {told['rows_kept']:,} kept" in text.output


def test_load_stops_above_the_loss_budget_and_names_the_lines(
    tmp_path: Path, few_orders: Callable[..., str]
) -> None:
    (tmp_path / "a.txt").write_text(few_orders(50, broken=3), "utf-8")
    run = odr("load", tmp_path, "--no-cache")
    assert run.exit_code == 2
    assert "dropped 3: unreadable date (line 2, 3, 4)" in run.output
    assert "loss budget" in run.stderr
    assert odr("load", tmp_path, "--no-cache", "--loss-budget", "0.1").exit_code == 0


@pytest.fixture
def few_orders() -> Callable[..., str]:
    """A small All Orders file, the first rows with an unreadable date."""

    def make(n: int, broken: int) -> str:
        header = "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\tsales-channel"
        rows = [
            f"302-{i:07d}-0000001\t{'soon' if i < broken else '2026-08-01T10:00:00+00:00'}"
            "\tShipped\tMerchant\tAmazon.de"
            for i in range(n)
        ]
        return "\n".join([header, *rows]) + "\n"

    return make


def test_sample_lists_its_scenarios_and_refuses_others(tmp_path: Path) -> None:
    listed = odr("sample", "--list").output
    for name in ("stationary", "drift", "step", "lag-shift", "surge", "tiny", "quiet"):
        assert name in listed
    run = odr("sample", "--scenario", "nonsense", "--out", tmp_path / "x")
    assert run.exit_code == 2
    assert "stationary" in run.stderr
    assert odr("sample").exit_code == 2


@pytest.fixture(scope="module")
def witnesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witnesses") / "exports"
    write_sample(folder, orders=1500, seed=3, scenario="witnesses")
    return folder


def test_reconcile_finds_the_rules_a_report_was_made_with(witnesses: Path, tmp_path: Path) -> None:
    truth = json.loads((witnesses / "truth.json").read_text("utf-8"))
    saved = tmp_path / "ours.toml"
    done = odr("reconcile", witnesses, "--json", "--save", saved, "--fit", "1")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert "which you chose by its number" in done.stderr
    assert [day["n_exact"] > 0 for day in told["days"]] == [True] * len(truth["snapshots"])
    policy = load_policy(saved)
    counts = component_rates(load_account(witnesses, policy=policy), truth["snapshots"][-1]["day"])
    newest = counts[counts.as_of == truth["snapshots"][-1]["day"]]
    assert newest.n_orders.sum() == sum(r["n_orders"] for r in truth["snapshots"][-1]["rates"])
    plain = odr("reconcile", witnesses)
    assert plain.exit_code == 0
    assert "these files" in plain.output
    assert "Amazon's counts" in plain.output
    settled = told["settled"]
    if settled is None:
        refused = odr("reconcile", witnesses, "--save", tmp_path / "not.toml")
        assert refused.exit_code == 2
        assert "the reports settle no rule" in refused.output
        assert not (tmp_path / "not.toml").exists()


def test_reconcile_says_what_it_lacks_and_saves_nothing_silently(
    seller: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    saved = tmp_path / "ours.toml"
    done = odr("reconcile", seller[0], "--save", saved)
    assert done.exit_code == 2
    assert "No performance report is among the files" in done.output
    assert not saved.exists()
    assert odr("reconcile", seller[0], "--save", saved, "--fit", "1").exit_code == 2


def test_an_archive_is_reported_as_it_was_known(
    seller: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    kept = odr("archive", seller[0], "--into", store, "--on", "2026-10-01")
    assert kept.exit_code == 0, kept.output
    again = odr("archive", seller[0], "--into", store, "--on", "2026-10-02")
    assert "Nothing new" in again.output
    out = tmp_path / "out"
    done = odr("report", store, "--known-on", "2026-10-01", "--out", out)
    assert done.exit_code == 0, done.output
    straight = component_rates(load_account(seller[0]))
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    newest = straight[straight.as_of == summary["as_of"]]
    assert [r["n_defective"] for r in summary["rates"]] == newest.n_defective.tolist()


@pytest.mark.usefixtures("no_kernel")
def test_an_archive_that_cannot_be_reported_is_told_before_a_kernel_starts(
    tmp_path: Path,
) -> None:
    exports, store = tmp_path / "exports", tmp_path / "store"
    write_sample(exports, scenario="tiny")
    assert odr("archive", exports, "--into", store, "--on", "2026-10-01").exit_code == 0
    out = tmp_path / "out"

    def refused(*arguments: object) -> str:
        """What is said, and nothing of it by a kernel."""
        done = odr("report", *arguments, "--out", out, "--no-cache")
        assert done.exit_code == 2, done.output
        assert done.stderr.startswith("odr: ")
        assert not out.exists()
        return done.stderr

    for day, says in (
        ("2026-09-30", "the archive knows nothing of 2026-09-30; its first day is 2026-10-01"),
        ("1999-12-31", "the archive knows nothing of 1999-12-31"),
    ):
        assert says in refused(store, "--known-on", day)
        assert says in refused(exports, "--store", store, "--known-on", day)
    assert "not-a-day" in odr("report", store, "--known-on", "not-a-day").stderr
    assert "'soon' is no date" in refused(store, "-p", "known_on", "soon")
    assert "is no archive, so it is known only" in refused(exports, "--known-on", "2026-10-01")
    assert "read when they were archived" in refused(store, "--marketplace", "Amazon.de")
    (store / "store.json").rename(tmp_path / "aside")
    (store / "store.json").write_text('{"format": 99, "made_with": "odr-analysis 9"}')
    assert "written by a newer version (odr-analysis 9" in refused(store)
    assert "written by a newer version" in refused(exports, "--store", store)
    (tmp_path / "aside").rename(store / "store.json")
    for ledger in store.glob("objects/*/ledger.parquet"):
        ledger.write_bytes(b"")
    assert "the content of ledger.parquet is not what was written" in refused(store)
    for delivery in store.glob("deliveries/*/*.json"):
        delivery.write_text("{}")
    assert "delivery 1 of 2026-10-01 is damaged" in refused(store)


def test_what_is_archived_first_is_reported_as_it_was_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a day the report is made of the archive, without one of the folder."""
    asked: list[tuple[Path, object]] = []

    def record(folder: Path, *_: Any, parameters: dict[str, Any], **__: Any) -> None:
        asked.append((folder, parameters.get("known_on")))
        raise OdrError("enough seen")

    monkeypatch.setattr("odr_analysis.reports.run_report", record)
    exports, store = tmp_path / "exports", tmp_path / "store"
    write_sample(exports, scenario="tiny")
    odr("report", exports, "--store", store)
    odr("report", exports, "--store", store, "--known-on", "2026-10-01")
    assert asked == [(exports, None), (store, "2026-10-01")]
