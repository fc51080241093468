"""Read the exports in a process of its own, beside the one that starts the notebook.

Reading needs pandas and the engine, running a notebook needs papermill; each takes
a second to import, so the two are done at the same time. The process imports what
it needs, waits for one line of JSON (the report's parameters), leaves the account
in the cache for the notebook, and answers with the summary.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from odr_analysis import errors

SUMMARY, TABLE = "summary.json", "defective-orders.csv"


class Reader:
    """A reading process, started when made, asked once and answering once.

    Use it as a context manager: leaving it ends the process.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import answer_one; answer_one()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, values: dict[str, Any], policy: dict[str, Any], made: Path) -> None:
        """Have the account read, and summary and table of defective orders written to `made`."""
        question = {"values": values, "policy": policy, "made": str(made)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The summary of the account.

        Raises
        ------
        OdrError
            Whatever loading raised, with its own message.
        """
        answer, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("the reading process failed; its error stands above")
        told = json.loads(answer)
        if "error" in told:
            raise errors.OdrError(told["error"])
        summary: dict[str, Any] = told["summary"]
        return summary


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    from odr_analysis.export import save_summary, to_csv, to_summary
    from odr_analysis.load import load_account
    from odr_analysis.policy import Policy
    from odr_analysis.rates import defective_orders
    from odr_analysis.why.reasons import case_candidates, case_reasons

    values = question["values"]
    try:
        account = load_account(
            values["folder"],
            policy=Policy(**question["policy"]),
            name=values.get("account_name") or None,
            loss_budget=values.get("loss_budget", 0.01),
            cache=values["cache"],
            marketplace=values.get("marketplace") or None,
            memory_limit=values.get("memory_limit") or None,
            known_on=values.get("known_on") or None,
        )
        as_of = values.get("as_of") or account.known_to
        made = Path(question["made"])
        to_csv(defective_orders(account, as_of), made / TABLE)
        summary = to_summary(account, as_of)
        save_summary(summary, made / SUMMARY)
        # What the notebook will ask for: kept from here on, and made while it starts.
        case_reasons(account)
        case_candidates(account)
        account.read_orders()
        account.read_items()
        return {"summary": summary}
    except errors.OdrError as error:
        return {"error": str(error)}


def answer_one() -> None:
    """Import what reading takes, answer one question from standard input, and end."""
    for module in ("export", "exports.read", "rates"):
        import_module(f"odr_analysis.{module}")
    answer = _answer(json.loads(sys.stdin.readline()))
    sys.stdout.write(json.dumps(answer, allow_nan=False))
