"""Download an account's reports into a folder: ask for what is missing, wait, write files.

Everything that was asked for is noted at once (`odr_analysis/fetching/log_book.py`), so that a
run which is stopped, or ended by a failure, is gone on with by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from odr_analysis import clock, words
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.fetching.amazon import (
    AGENT,
    CANCELLED,
    FATAL,
    Amazon,
    Report,
    UnusableError,
    unlogged,
)
from odr_analysis.fetching.amazon import DONE as MADE
from odr_analysis.fetching.documents import BrokenError, save_document
from odr_analysis.fetching.log_book import ASKED, DONE, FAILED, NO_DATA, Entry, LogBook
from odr_analysis.fetching.patience import Patience
from odr_analysis.fetching.report_types import (
    KEPT_DAYS,
    REPORT_TYPES,
    ReportType,
    Wanted,
    checked_names,
    wanted,
)
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.remote.address import no_place_for_files
from odr_analysis.scratch import alone
from odr_analysis.source import checked_marketplace
from odr_analysis.writing import in_words

LOCK = ".odr-fetch.lock"
THERE = "there already"
"""State of a report of which nothing had to be asked."""
SINCE = timedelta(minutes=2)
"""How long before now the days of a report end at the latest: Amazon takes no moment to come."""
TRIES = 3
"""How often a document is fetched that does not come whole."""


@dataclass(frozen=True)
class Fetched:
    """What became of one report.

    ``state`` is 'downloaded', 'there already', 'no data', 'failed' or 'asked' (still being
    made); ``file`` is the name of its file, '' where there is none; ``why`` why it failed.
    """

    title: str
    state: str
    file: str = ""
    why: str = ""

    @property
    def line(self) -> str:
        if self.state in (DONE, THERE):
            return f"{self.title}: {self.state}, {self.file}"
        became = {
            ASKED: "still being made; run this again to go on",
            NO_DATA: "no data for these days (Amazon cancelled it)",
            FAILED: f"failed: {self.why}; it is asked for again by the next run",
        }
        return f"{self.title}: {became[self.state]}"


def fetch_reports(
    folder: str | Path,
    marketplaces: Iterable[str],
    first: date,
    last: date,
    *,
    reports: Iterable[str] = tuple(REPORT_TYPES),
    account: str = "default",
    agent: str = AGENT,
    patience: Patience | None = None,
    progress: Progress = silent,
) -> list[Fetched]:
    """Download an account's reports into a folder, as files that `load_account` reads.

    What is there is not asked for again; a report that was asked for by an earlier run is gone on
    with. A report whose last day is not 75 days past when it is asked for may change, and is
    replaced by a run of a later day. May be stopped at any moment, with Ctrl-C or by a file
    ``.odr-fetch-stop`` in the folder. Files hold what Amazon gives, buyers' e-mail addresses
    among it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where files are written; made when missing.
    marketplaces : iterable of str
        Sales channels such as ``Amazon.de``, all of one region.
    first, last : datetime.date
        Days the reports are about, in UTC, both included.
    reports : iterable of str
        Names of ``REPORT_TYPES``. Settlements are made by Amazon and are there for 90 days;
        performance is that of today.
    account : str
        Whose credentials, where there are several: see the library's documentation.
    agent : str
        Name of the application that asks, as it is registered with Amazon.
    patience : Patience, optional
        How long to wait for what.
    progress : callable
        Takes each step.

    Returns
    -------
    list of Fetched
        One for each report.

    Raises
    ------
    ParameterError
        Wrong days, marketplaces, names of reports or of the agent.
    OdrError
        No credentials, no access, another run in this folder, or a request to stop.
    MachineError
        Amazon cannot be reached.
    """
    kinds, now = checked_names(reports), clock.today()
    names = dict.fromkeys(checked_marketplace(name) for name in marketplaces)
    stores = tuple(name for name in names if name is not None)
    if not stores or not kinds:
        raise ParameterError("At least one marketplace and one report are needed.")
    if not first <= last <= now:
        raise ParameterError(
            f"The days from {first} to {last} must be in order, and not after today ({now})."
        )
    no_place_for_files(folder, "DIR")
    folder = Path(folder)
    with _only_one(folder):
        patience = patience or Patience(folder)
        patience.check()
        amazon = Amazon(stores, account, agent, patience)
        with closing(amazon), unlogged():
            run = _Run(folder, amazon, LogBook(folder), patience, now, progress)
            return run.all(list(wanted(kinds, stores, first, last, now)), kinds, first, last)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with in_words(folder, "DIR"):
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder / LOCK, wait=False) as here:
            if not here:
                raise OdrError(
                    f"{folder}: another run downloads into this folder. Wait until it is done."
                )
            yield


@dataclass(frozen=True)
class _Run:
    """One run: what it works with, and its steps."""

    folder: Path
    amazon: Amazon
    book: LogBook
    patience: Patience
    today: date
    progress: Progress

    def all(
        self, reports: list[Wanted], kinds: Iterable[ReportType], first: date, last: date
    ) -> list[Fetched]:
        done: dict[str, Fetched] = {}
        for i, one in enumerate(reports):
            self.progress(Step("Asking for reports", i, len(reports), one.title))
            self._ask(one, done)
        self._wait(reports, done)
        found = [o for kind in kinds if kind.listed for o in self._listed(kind, first, last)]
        return [done[one.key] for one in reports] + found

    def _ask(self, one: Wanted, done: dict[str, Fetched]) -> None:
        """Ask for a report, unless it was, or is there."""
        asked = self.book.to_ask(one, self.today)
        if asked is None:
            entry = self.book.entries[one.key]
            if entry.state == DONE:
                done[one.key] = Fetched(one.title, THERE, entry.file)
            elif entry.state == NO_DATA:
                done[one.key] = Fetched(one.title, NO_DATA)
            return
        days = _moments(asked.first, asked.last) if one.kind.days else None
        try:
            number = self.amazon.ask(one.kind.amazon, one.marketplaces, days)
        except UnusableError as error:
            done[one.key] = Fetched(one.title, FAILED, why=str(error))
            return
        self.book.keep(one.key, Entry(number, asked.first, asked.last, self.today))

    def _wait(self, reports: list[Wanted], done: dict[str, Fetched]) -> None:
        """Ask in turn for what is not done yet, until all are or patience ends."""
        pause, begun = self.patience.poll, self.patience.now()
        while left := [one for one in reports if one.key not in done]:
            for one in left:
                n, note = len(reports) - len(left), one.title
                self.progress(Step("Waiting for Amazon's reports", n, len(reports), note))
                if outcome := self._finished(one):
                    done[one.key] = outcome
            if all(one.key in done for one in left):
                return
            if self.patience.now() - begun > self.patience.give_up:
                done |= {one.key: Fetched(one.title, ASKED) for one in left if one.key not in done}
                return
            self.patience.wait(pause)
            pause = min(2 * pause, self.patience.poll_most)

    def _finished(self, one: Wanted) -> Fetched | None:
        """What became of a report that was asked for, None while it is being made."""
        entry = self.book.entries[one.key]
        try:
            report = self.amazon.report(entry.report_id)
        except UnusableError as error:
            return self._failed(one, entry, f"{error}")
        if report.state == MADE:
            return self._saved(one.title, one.key, replace(entry, file=one.file), report)
        if report.state == CANCELLED:
            # A file of an earlier day stays: for want of data is not the only reason.
            self.book.keep(one.key, replace(entry, state=NO_DATA))
            return Fetched(one.title, NO_DATA)
        if report.state == FATAL:
            return self._failed(one, entry, "Amazon could not make it")
        return None

    def _failed(self, one: Wanted, entry: Entry, why: str) -> Fetched:
        self.book.keep(one.key, replace(entry, state=FAILED))
        return Fetched(one.title, FAILED, why=why)

    def _saved(self, title: str, key: str, entry: Entry, report: Report) -> Fetched:
        """Write the document of a report that is made."""
        for n in range(TRIES):
            try:
                url, packed = self.amazon.document(report.document)
                save_document(url, packed, self.folder / entry.file, self.amazon.agent)
            except (BrokenError, UnusableError) as error:
                why = str(error)
            else:
                self.book.keep(key, replace(entry, state=DONE))
                return Fetched(title, DONE, entry.file)
            if n + 1 < TRIES:
                self.patience.wait(self.patience.back_off)
        self.book.keep(key, replace(entry, state=FAILED, file=""))
        return Fetched(title, FAILED, why=f"its document did not come ({why})")

    def _listed(self, kind: ReportType, first: date, last: date) -> Iterator[Fetched]:
        """Reports that Amazon makes by itself."""
        since, until = _moments(first, last)
        oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS) + SINCE
        where = words.listed([*self.amazon.ids])
        span = f"{kind.name} of {where}, {words.span(max(first, oldest.date()), last)}"
        if until <= oldest:
            title = f"{kind.name} of {where}, {words.span(first, last)}"
            yield Fetched(title, FAILED, why=f"Amazon keeps them for {KEPT_DAYS} days")
            return
        self.progress(Step(f"Looking for {kind.name}"))
        try:
            found = self.amazon.reports(kind.amazon, max(since, oldest), until)
        except UnusableError as error:
            yield Fetched(span, FAILED, why=str(error))
            return
        if not found:
            yield Fetched(span, NO_DATA)
        for report in found:
            key = f"{kind.name}-{report.report_id}"
            title = f"{kind.name} of {where}, number {report.report_id}"
            entry = self.book.entries.get(key)
            if entry and entry.state == DONE and (self.folder / entry.file).is_file():
                yield Fetched(title, THERE, entry.file)
                continue
            new = Entry(report.report_id, first, last, self.today, file=f"{key}.{kind.ending}")
            yield self._saved(title, key, new, report)


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of a day to the end of another, as far as that is past."""
    start = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.max, UTC).replace(microsecond=0)
    # Just after midnight, today has not begun by that much.
    return start, max(start, min(end, datetime.now(UTC) - SINCE))
