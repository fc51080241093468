"""Load a folder of exports into an :class:`~odr_analysis.account.Account`."""

from __future__ import annotations

import weakref
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis.account import TABLES, Account
from odr_analysis.archive.store import is_store
from odr_analysis.cache import key_of
from odr_analysis.days import day_of
from odr_analysis.errors import NoOrdersError, OdrError, ParameterError
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, silent
from odr_analysis.receipt import Receipt, no_orders
from odr_analysis.remote.address import address_of
from odr_analysis.remote.local_folder import local_folder
from odr_analysis.saved import SavedReading, is_saved
from odr_analysis.source import Reading, cache_at, checked_marketplace


def load_account(
    folder: str | Path,
    *,
    policy: Policy | None = None,
    name: str | None = None,
    loss_budget: float = 0.01,
    cache: str | Path | None = "default",
    marketplace: str | None = None,
    memory_limit: str | None = None,
    known_on: date | str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Account:
    """Orders and defects of the seller whose exports lie in `folder`.

    Files may be of any kind this package reads, in any mix, under any name, plain,
    ``.gz`` or ``.zip``, and may overlap: of two rows of one order the newer wins.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports (its subfolders included), a single file, or an archive
        (:func:`~odr_analysis.archive_folder`); or the URL of one in object storage
        (``s3://bucket/folder``, ``gs://``, ``abfs://``), of which what changed is fetched first.
    policy : Policy, optional
        Rules of the rate; Amazon's current ones by default.
    name : str, optional
        What reports call the account; the folder's name by default.
    loss_budget : float
        Largest share of a file's rows that may be unusable before loading stops.
    cache : str, pathlib.Path or None
        Where finished tables are kept; ``"default"`` is the user's cache folder (or
        ``ODR_CACHE``), None keeps nothing beyond the account itself.
    marketplace : str, optional
        Sales channel (``Amazon.de``) of files that do not name one; also settles the
        order of day and month in dates that leave it open.
    memory_limit : str, optional
        Most memory the engine may use, e.g. ``"1GB"``; it goes to disk beyond that.
    known_on : datetime.date or ISO text, optional
        Of an archive: the day as of which it is to be known, by default the last one.
    today : datetime.date or ISO text, optional
        The day of loading, in UTC, which is asked for on the floor of commands and notebooks. No
        file knows of a later day: one that can be read as day/month or month/day is read so that
        it is past, and one that cannot is not kept. ``known_to`` is never later. None: days are
        compared with the files alone.
    progress : callable
        Takes each :class:`~odr_analysis.progress.Step` of the work as it begins.

    Returns
    -------
    Account

    Raises
    ------
    ExportError
        When a file cannot be used; the message names it and what to do.
    LossBudgetError
        When a file would lose more rows than `loss_budget`.
    NoOrdersError
        When no order export is among the files.
    OdrError
        When an archive knows nothing of that day, or what it knew is damaged.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from odr_analysis import write_sample
    >>> with TemporaryDirectory() as place:
    ...     exports = write_sample(Path(place) / "tiny", scenario="tiny").parent
    ...     account = load_account(exports, cache=None)
    >>> account.name, account.known_to, account.receipt.orders["distinct"]
    ('tiny', datetime.date(2026, 9, 30), 87)
    """
    if _at_hand:
        asked = _asked(folder, policy, name, loss_budget, cache, marketplace, known_on, today)
        if (at_hand := _at_hand.pop(asked, None)) is not None:
            return at_hand
    reading = reading_of(
        folder, policy, cache, marketplace, memory_limit, known_on, today, progress
    )
    receipt = reading.receipt
    receipt.check_loss(loss_budget)
    if not receipt.orders["distinct"]:
        address = address_of(folder)
        raise NoOrdersError(no_orders(address.url if address else reading.folder, receipt))
    import pandas as pd

    return Account(
        name=name or _folder_name(reading.folder),
        policy=reading.policy,
        known_to=reading.known_to,
        receipt=receipt,
        source=reading,
        first_order=reading.first_order,
        **{table: pd.read_parquet(reading.home / f"{table}.parquet") for table in TABLES},
    )


_at_hand: dict[str, Account] = {}


def leave_at_hand(account: Account, **asked: Any) -> None:
    """Have the next :func:`load_account` in this process that asks for the same return `account`.

    For a process that reads an account and then runs a notebook about it. `asked` is what it was
    loaded with.
    """
    _at_hand[_asked(**asked)] = account


def _asked(
    folder: str | Path,
    policy: Policy | None = None,
    name: str | None = None,
    loss_budget: float = 0.01,
    cache: str | Path | None = "default",
    marketplace: str | None = None,
    known_on: date | str | None = None,
    today: date | str | None = None,
) -> str:
    """What decides which account a call of :func:`load_account` returns."""
    place = None if cache is None else str(cache_at(cache).root.resolve())
    days = [None if day is None else str(day) for day in (known_on, today)]
    rules = (policy or Policy()).to_dict()
    return key_of([str(folder), rules, name, loss_budget, place, marketplace, *days])


def load_receipt(
    folder: str | Path,
    *,
    cache: str | Path | None = "default",
    marketplace: str | None = None,
    memory_limit: str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Receipt:
    """What would become of every file and row of `folder`, whether or not a rate can be had.

    Parameters are those of :func:`load_account`.

    Raises
    ------
    ExportError
        When a file is damaged or the folder cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     _ = (Path(place) / "photo.txt").write_text("not an export")
    ...     receipt = load_receipt(place, cache=None)
    >>> [(file.file, file.kind, file.rows_read) for file in receipt.files]
    [('photo.txt', 'unknown', 0)]
    """
    return reading_of(
        folder, None, cache, marketplace, memory_limit, today=today, progress=progress
    ).receipt


def load_sample(
    name: str = "sample", *, policy: Policy | None = None, cache: str | Path | None = "default"
) -> Account:
    """The synthetic seller under ``data/`` of a checkout.

    Raises
    ------
    OdrError
        When the package was installed without its checkout; ``odr sample`` writes one.

    Examples
    --------
    >>> load_sample().series
    [('Amazon.de', 'mfn'), ('Amazon.de', 'afn')]
    """
    folder = Path(__file__).parents[1] / "data" / name
    if not folder.is_dir():
        raise OdrError(
            f"The sample {name!r} does not lie beside the package. "
            "Write one with: odr sample --out FOLDER"
        )
    return load_account(folder, policy=policy, name=name, cache=cache)


def reading_of(
    folder: str | Path,
    policy: Policy | None,
    cache: str | Path | None,
    marketplace: str | None,
    memory_limit: str | None,
    known_on: date | str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Reading:
    """A folder of exports, or an archive as it was known on a day."""
    day = None if today is None else day_of(today, "today")
    checked_marketplace(marketplace)
    with ExitStack() as held:
        here = held.enter_context(local_folder(folder, cache, progress))
        reading: Reading
        if is_store(here):
            from odr_analysis.archive.source import StoreReading

            reading = StoreReading(
                here, policy, cache, marketplace, memory_limit, known_on, day, progress
            )
        else:
            _check_no_day(folder, known_on)
            kind = SavedReading if is_saved(here) else Reading
            reading = kind(here, policy, cache, marketplace, memory_limit, day, progress)
        # Tables that are made when first asked for are read from there too.
        weakref.finalize(reading, held.pop_all().close)
    return reading


def check_known(
    folder: str | Path,
    cache: str | Path | None,
    marketplace: str | None,
    known_on: date | str | None,
) -> None:
    """Raise what loading would of an archive and a day, without reading any table.

    Parameters are those of :func:`load_account`.

    Raises
    ------
    OdrError
        The archive knows nothing of that day, is of a newer version, or what it knew is
        damaged.
    ParameterError
        `known_on` is no day, or of a folder that is no archive; `marketplace` is unknown, or
        given for an archive.
    """
    marketplace = checked_marketplace(marketplace)
    if is_store(Path(folder)):
        from odr_analysis.archive.source import check_kept

        check_kept(folder, cache, marketplace, known_on)
    else:
        _check_no_day(folder, known_on)


def _check_no_day(folder: str | Path, known_on: date | str | None) -> None:
    if known_on is not None:
        raise ParameterError(
            f"known_on={known_on!r}: {folder} is no archive, so it is known only as it is now. "
            f"Make one with: odr archive {folder} --into STORE"
        )


def _folder_name(folder: Path) -> str:
    path = folder.resolve()
    return path.stem if path.is_file() else path.name
