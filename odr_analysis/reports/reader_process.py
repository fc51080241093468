"""Read the exports in a process of its own, beside the one that starts the notebook.

Reading needs pandas and the engine, running a notebook needs papermill; each takes
a second to import, so the two are done at the same time. The process imports what
it needs, waits for one line of JSON (the report's parameters), leaves the account
in the cache for the notebook, and answers with the summary.

Of a single report, the kernel is another process, which gets ready meanwhile: that is fastest where
a processor is idle. Where many reports are made at a time none is. There the process that has read
an account goes on as the kernel of its notebook, which finds at hand what is read and worked out.

The answer travels on a channel of its own, a line of JSON after those that say how far the work
is and what it warns of: whatever else the process or a library in it prints to standard output
goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from odr_analysis import errors
from odr_analysis.progress import Progress, StagesOnly, Step, silent
from odr_analysis.reports.answers import own_channel, packed, unpacked
from odr_analysis.reports.kernel import WaitingKernel, be_a_kernel
from odr_analysis.reports.warm import Server, how_ended, started

if TYPE_CHECKING:
    from odr_analysis.account import Account

GRACE = 3
"""Seconds a reading process has to end by itself."""
SUMMARY, TABLE = "summary.json", "defective-orders.csv"


class Reader:
    """A reading process, started when made, asked once and answering once.

    Use it as a context manager: leaving it ends the process.

    Parameters
    ----------
    server : Server, optional
        What forks the process; without, it starts by itself.
    goes_on : bool
        Whether a forked process waits, once it has answered, until it is made the kernel.
    """

    def __init__(self, server: Server | None = None, *, goes_on: bool = False) -> None:
        self._goes_on = goes_on
        run = "answer_and_go_on" if goes_on else "answer_one"
        self._process = started(f"{__name__}:{run}", server)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        # Asked first, so that it removes what it was making.
        self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for channel in (self._process.stdin, self._process.stdout):
            if channel is not None:
                with suppress(OSError):
                    channel.close()

    def ask(
        self, values: dict[str, Any], policy: dict[str, Any], made: Path, *, followed: bool = False
    ) -> None:
        """Have the account read, and summary and table of defective orders written to `made`.

        `followed` says whether the steps of its answer are to show how far a stage is.
        """
        question = {"values": values, "policy": policy, "made": str(made), "followed": followed}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()

    def kernel(self) -> WaitingKernel:
        """The process, which becomes a kernel once it has answered."""
        return WaitingKernel(self._process)

    def answer(self, progress: Progress = silent) -> dict[str, Any]:
        """The summary of the account; `progress` takes the steps on the way to it.

        Warns
        -----
        OdrWarning
            What the process warns of.

        Raises
        ------
        OdrError
            Whatever loading raised, of its own type and with its fields.
        MachineError
            The process failed or was ended; ``details`` of the error say where.
        """
        assert self._process.stdout is not None
        told: dict[str, Any] = {}
        for line in self._process.stdout:
            try:
                told = json.loads(line)
            except ValueError:  # it was ended in the middle of it
                told = {}
            if "step" in told:
                progress(Step(**told["step"]))
            elif "note" in told:
                warnings.warn(told["note"], errors.OdrWarning, stacklevel=2)
        # One that answered and goes on has closed its channel, too.
        answered = not told.keys().isdisjoint(("failed", "error", "summary"))
        if not (answered and self._goes_on):
            self._process.wait()
        if not answered:
            raise errors.MachineError(_ended(self._process.returncode), passing=True)
        if "failed" in told:
            raise errors.MachineError(
                f"Reading the exports failed ({told['failed']}).",
                told["details"],
                passing=told["passing"],
            )
        if "error" in told:
            raise unpacked(told["error"])
        summary: dict[str, Any] = told["summary"]
        return summary


def _ended(code: int) -> str:
    """What to say of a reading process that ended without an answer."""
    return (
        f"The process that reads the exports {how_ended(code)} before it answered, most often "
        "because memory ran out. Close other programs, or allow it less with --memory-limit, "
        "e.g. 1GB."
    )


def answer_to(
    question: dict[str, Any], progress: Progress, *, goes_on: bool = False
) -> dict[str, Any]:
    """The answer to the question of a :class:`Reader`: the summary of the account, or an error.

    `goes_on` says whether the notebook runs in this process next, else what it will wait for is
    kept in the cache.
    """
    from odr_analysis.answer.summary import to_summary
    from odr_analysis.causes.reasons import case_candidates, case_reasons
    from odr_analysis.load import leave_at_hand, load_account
    from odr_analysis.policy import Policy
    from odr_analysis.reports.summary_file import save_summary
    from odr_analysis.save_tables import to_csv

    values = question["values"]

    def summary_of(account: Account) -> dict[str, Any]:
        progress(Step("Working out the rates"))
        as_of = values.get("as_of") or account.known_to
        made = Path(question["made"])
        to_csv(account.on(as_of).defects, made / TABLE)
        summary = to_summary(account, as_of)
        save_summary(summary, made / SUMMARY)
        return summary

    try:
        asked: dict[str, Any] = {
            "folder": values["folder"],
            "policy": Policy(**question["policy"]),
            "name": values.get("account_name") or None,
            "loss_budget": values.get("loss_budget", 0.01),
            "cache": values["cache"],
            "marketplace": values.get("marketplace") or None,
            "known_on": values.get("known_on") or None,
            "today": values.get("today"),
        }
        account = load_account(
            **asked, memory_limit=values.get("memory_limit") or None, progress=progress
        )
        if goes_on:
            leave_at_hand(account, **asked)
            return {"summary": summary_of(account)}
        # First what the notebook will wait for: the engine reads orders and items while texts are
        # read here, and all is kept from here on.
        progress(Step("Reading what buyers write"))
        with ThreadPoolExecutor(1) as beside:
            kept = beside.submit(lambda: (account.source.orders(), account.source.items()))
            case_reasons(account)
            case_candidates(account)
            summary = summary_of(account)
            if not kept.done():
                progress(Step("Keeping orders and items"))
            kept.result()
        return {"summary": summary}
    except errors.OdrError as error:
        return {"error": packed(error)}


def answer_one(*, goes_on: bool = False) -> None:
    """Import what reading takes, answer one question from standard input, and end."""
    answers = own_channel()
    alone = Lock()

    def send(**told: Any) -> None:
        with alone:
            answers.write(json.dumps(told, allow_nan=False) + "\n")
            answers.flush()

    def report(step: Step) -> None:
        # What the account has to read later, in the notebook, nobody follows.
        if not answers.closed:
            send(step=asdict(step))

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        for module in ("answer.summary", "exports.folder", "rates"):
            import_module(f"odr_analysis.{module}")
        question = json.loads(sys.stdin.readline())
        with errors.warnings_to(lambda text: send(note=text)):
            progress = report if question["followed"] else StagesOnly(report)
            send(**answer_to(question, progress, goes_on=goes_on))
    except BrokenPipeError:  # nobody waits for it any more
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process must learn of it
        with suppress(BrokenPipeError):
            if full := errors.full_disk(error):
                send(error=packed(full))
            else:
                failed = f"{type(error).__name__}: {error}"
                send(failed=failed, details=traceback.format_exc(), passing=errors.passes(error))
    with suppress(BrokenPipeError):
        answers.close()


def answer_and_go_on() -> None:
    """:func:`answer_one`, and then be the kernel that the next line on standard input asks for."""
    answer_one(goes_on=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    be_a_kernel()
