"""The accounts of a batch, from a TOML file.

::

    [defaults]
    policy = "amazon-current"
    recipients = ["desk"]

    [defaults.parameters]
    horizon_days = 60

    [recipients.desk]
    url = "mailto://user:password@example.com"

    [alerts]
    breach_above = 0.3

    [[account]]
    name = "Shoes UK"
    folder = "exports/shoes-uk"

    [[account]]
    name = "Books"
    folder = "archives/books"
    marketplace = "Amazon.de"
    policy = "books.toml"
    parameters = {moved_days = 14}

What an account leaves out is as in ``defaults``; its parameters are added to those there. Paths
are relative to the file. ``folder`` is a folder with exports or an archive; an account has a
``connection`` instead where its rows lie in a warehouse, see
:class:`~odr_analysis.batch.in_warehouse.InWarehouse`. ``recipients`` of an account are names of
those listed. Alerts are those of
:class:`~odr_analysis.batch.alerts.alert_rules.AlertRules`.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from odr_analysis import words
from odr_analysis.batch.alerts.alert_rules import AlertRules, Recipient
from odr_analysis.batch.in_warehouse import EXAMPLE, KEYS, InWarehouse
from odr_analysis.errors import ParameterError
from odr_analysis.fields import (
    KINDS,
    Kind,
    Record,
    WithinError,
    kinds_of,
    nearest,
    place,
    read,
    shown,
    text_of,
    toml_of,
)
from odr_analysis.presets import PRESETS
from odr_analysis.visible import first_seen

FOLDER = "accounts"
"""Folder of the output folder in which each account has one of its own."""
LARGEST = 64 << 20
"""Bytes of a file of accounts; one of 100,000 accounts has a sixth of that."""
MOST_TOLD = 20
"""Problems of a file that a message lists."""
MOST_NAMED = 3
"""Accounts that a note names."""
LONGEST_NAME = 120
"""Bytes of a name, which is that of a folder."""
NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029/\\:*?"<>|]')
"""Characters that some system has no folder for, or that lead out of it."""
SHAPING = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Joiners and selectors, unseen themselves, that Persian and emoji need for their shape."""
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    for one in value:
        if not isinstance(one, str):
            raise WithinError(one)
    return tuple(value)


TABLE, TEXTS = Kind("a table", _table), Kind("a list of texts", _texts)
OF_DEFAULTS: dict[str, Kind] = {
    "marketplace": KINDS[str],
    "policy": KINDS[str],
    "recipients": TEXTS,
    "parameters": TABLE,
    **KEYS,
}
OF_ACCOUNT: dict[str, Kind] = {"name": KINDS[str], "folder": KINDS[str], **OF_DEFAULTS}
OF_FILE: dict[str, Kind] = {
    "defaults": TABLE,
    "account": Kind("a list of tables, each headed [[account]]", lambda value: _tables(value)),
    "alerts": TABLE,
    "recipients": Kind("a table of tables, each headed [recipients.NAME]", lambda v: _named(v)),
}


def _tables(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise TypeError
    for one in value:
        if not isinstance(one, dict):
            raise WithinError(one)
    return value


def _named(value: Any) -> dict[str, dict[str, Any]]:
    _tables([*_table(value).values()])
    return _table(value)


@attrs.frozen
class BatchAccount:
    """One account of a batch.

    Attributes
    ----------
    name : str
        What the report calls it; also the name of its folder.
    folder : str
        Absolute path of its exports or archive, or a URL; '' where it is in a warehouse.
    marketplace : str
        Sales channel of files that name none; '' for none.
    policy : str
        Preset or absolute path of a policy file; '' for the notebook's own.
    parameters : mapping
        Other parameters of the notebook.
    recipients : tuple of str
        Names of those who get its alerts.
    warehouse : InWarehouse, optional
        Where its tables are, for one without a folder.
    """

    name: str
    folder: str = ""
    marketplace: str = ""
    policy: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    recipients: tuple[str, ...] = ()
    warehouse: InWarehouse | None = None

    @property
    def place(self) -> str:
        """Its folder below the output folder, with ``/`` between the parts."""
        return f"{FOLDER}/{self.name}"


@attrs.frozen
class Batch:
    """The accounts of a file, what is worth a message, and to whom.

    Attributes
    ----------
    accounts : tuple of BatchAccount
        In the order of the file.
    rules : AlertRules
    recipients : mapping
        Name to recipient.
    notes : tuple of str
        What is no error of the file, but may be a slip.
    """

    accounts: tuple[BatchAccount, ...]
    rules: AlertRules = attrs.field(factory=AlertRules)
    recipients: Mapping[str, Recipient] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def to(self) -> dict[str, tuple[str, ...]]:
        """Account to the names of its recipients."""
        return {account.name: account.recipients for account in self.accounts}


def load_batch(path: str | Path) -> Batch:
    """The accounts of a TOML file.

    Raises
    ------
    ParameterError
        The file cannot be read; a key is unknown (the nearest is named), missing or of the wrong
        type; a name is none for a folder, or two accounts would write to one. All such problems of
        a file are listed at once.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "accounts.toml"
    ...     text = '[[account]]\\nname = "Shoes"\\nfolder = "/exports/shoes"'
    ...     _ = file.write_text(text, "utf-8")
    ...     load_batch(file).accounts[0].place
    'accounts/Shoes'
    """
    path = Path(path)
    text = text_of(path, "accounts", LARGEST)
    content, wrong = read(toml_of(text, path, "accounts", 'name = "Shoes UK"'), OF_FILE, "key")
    problems = [f"{place(text, key)}{problem}" for key, problem in wrong.items()]
    defaults, wrong = read(content.get("defaults", {}), OF_DEFAULTS, "key")
    problems += [f"[defaults] {place(text, key)}{problem}" for key, problem in wrong.items()]
    home = path.resolve().parent
    rules, faults = _record(AlertRules, content.get("alerts", {}), "[alerts]")
    problems += faults
    recipients: dict[str, Recipient] = {}
    for name, given in content.get("recipients", {}).items():
        recipients[name], faults = _record(Recipient, given, f"[recipients.{name}]")
        problems += faults
    accounts, taken = list[BatchAccount](), dict[str, str]()
    for n, given in enumerate(content.get("account", ()), 1):
        account, faults = _account(given, defaults, home)
        if account is not None and not faults:
            key = _look(account.name)
            if (other := taken.get(key)) is not None:
                same = _folder_key(account.name) == _folder_key(other)
                what = "would write to the folder" if same else "looks in print like the name"
                faults = [f"{what} of account {other!r}. Give it a name of its own."]
            taken.setdefault(key, account.name)
            faults += [
                f"no recipient is called {name!r}{nearest(name, recipients)}"
                for name in account.recipients
                if name not in recipients
            ]
            accounts.append(account)
        named = given.get("name")
        which = f"account {named!r}" if isinstance(named, str) and named else f"account {n:,}"
        problems += [f"{which}: {fault}" for fault in faults]
    if not problems and not accounts:
        problems = ["holds no account. Write one as [[account]] with a name and a folder."]
    if problems:
        more = len(problems) - MOST_TOLD
        listed = " ".join(problems[:MOST_TOLD]) + (f" And {more:,} more." if more > 0 else "")
        raise ParameterError(f"{path}: {listed}")
    return Batch(tuple(accounts), rules, recipients, _notes(accounts))


def _notes(accounts: list[BatchAccount]) -> tuple[str, ...]:
    """A sentence on all accounts whose numbers are the same: a block that was copied, perhaps."""
    alike: dict[str, list[BatchAccount]] = {}
    for one in accounts:
        there = one.warehouse
        source = (there.connection, there.named) if there else real(one.folder)
        given = sorted(one.parameters.items())
        alike.setdefault(repr((source, one.marketplace, one.policy, given)), []).append(one)
    return tuple(
        f"accounts {words.first_of([repr(one.name) for one in same], MOST_NAMED)} read the same "
        f"{'tables' if same[0].warehouse else f'folder ({same[0].folder})'} in the same way, so "
        "they have the same numbers. Change what was copied, or leave all but one out."
        for same in alike.values()
        if len(same) > 1
    )


def _record(kind: type[Record], given: Mapping[str, Any], where: str) -> tuple[Record, list[str]]:
    """A record of a table of the file, and what is wrong with the table."""
    values, wrong = read(given, kinds_of(kind), "key")
    faults = [f"{where} {problem}" for problem in wrong.values()]
    try:
        return kind(**values), faults
    except ParameterError as error:
        return kind.__new__(kind), [*faults, f"{where} {error}"]


def _account(
    given: Mapping[str, Any], defaults: Mapping[str, Any], home: Path
) -> tuple[BatchAccount | None, list[str]]:
    """One account of the file, or None, and what is wrong with it."""
    own, wrong = read(given, OF_ACCOUNT, "key")
    faults = list(wrong.values())
    if any("unknown key" in fault for fault in faults):
        faults.append(f"Known keys: {', '.join(OF_ACCOUNT)}.")
    if "name" not in given:
        faults.append("name is missing.")
    faults += _of_source(given, defaults)
    if "name" in own:
        faults += _of_name(own["name"])
    if faults:
        return None, faults
    values = {key: value for key, value in {**defaults, **own}.items() if key not in KEYS}
    values["parameters"] = {**defaults.get("parameters", {}), **own.get("parameters", {})}
    if set(values["parameters"]) & {"folder", "as_of"}:
        return None, ["parameters: folder is a key of the account, and as_of is --as-of."]
    if "folder" in own:
        values["folder"] = _resolved(own["folder"], home)
    else:
        values["warehouse"] = InWarehouse.of({**defaults, **own}, home)
    policy = values.get("policy", "")
    if policy and policy not in PRESETS:
        values["policy"] = _resolved(policy, home)
    return BatchAccount(**values), []


def _of_source(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """What is wrong with where an account is: in a folder, or else in a warehouse."""
    if given.get("folder") == "":
        return ["folder '' names none. Write . for the folder of this file."]
    if "folder" in given:
        both = [key for key in KEYS if key in given]
        return [f"{key}: an account with a folder has no tables." for key in both]
    if "connection" not in {**defaults, **given}:
        named = [key for key in KEYS if key in given]
        if named:
            return [f"{named[0]}: a table needs a connection, such as connection = {EXAMPLE!r}."]
        return ["folder is missing; a connection may take its place."]
    return []


def _resolved(path: str, home: Path) -> str:
    """A path as seen from `home`; a URL as it is."""
    return path if "://" in path else str(home / Path(path).expanduser())


def real(folder: str) -> str:
    """A folder by the one name it has, whatever leads to it; a URL without its last slash."""
    return folder.rstrip("/") if "://" in folder else os.path.realpath(folder)


def _of_name(name: str) -> list[str]:
    """What is wrong with a name, which is that of a folder, too."""
    if not _look(name):
        return [f"name {shown(name)} shows no character. Write the account's name."]
    if name != name.strip():
        return [f"name {shown(name)} has a space at its beginning or end. Leave it out."]
    if (size := len(name.encode())) > LONGEST_NAME:
        return [
            f"name {shown(name)} has {size:,} bytes, and a folder is called like it: at most "
            f"{LONGEST_NAME} (a letter of English has one, others two to four). Shorten it."
        ]
    if (bad := NOT_IN_A_NAME.search(name)) or name[0] == "." or name[-1] == ".":
        what = f"{bad[0]!r}" if bad else "a dot at its beginning or end"
        return [
            f"name {shown(name)} holds {what}, and a folder is called like it. Take letters, "
            "digits, spaces and dashes."
        ]
    if unseen := [one for one in name if not (first_seen(one) or one.isspace() or one in SHAPING)]:
        return [
            f"name {shown(name)} holds {unseen[0]!r} (U+{ord(unseen[0]):04X}), which cannot be "
            "seen, so another name could look the same. Leave it out."
        ]
    if RESERVED.fullmatch(name):
        return [f"name {shown(name)} cannot name a folder on Windows. Take another."]
    return []


def _folder_key(name: str) -> str:
    """What folders have in common that are one on some systems: but letter case, all of it."""
    return unicodedata.normalize("NFC", name).casefold()


def _look(name: str) -> str:
    """What names have in common that look the same, or are one folder."""
    return _folder_key(" ".join("".join(one for one in name if one not in SHAPING).split()))


def only(batch: Batch, names: tuple[str, ...]) -> tuple[BatchAccount, ...]:
    """The accounts of a batch with these names; all where none is given.

    Raises
    ------
    ParameterError
        No account has one of the names, or the file has none at all.
    """
    if not batch.accounts:
        raise ParameterError("The batch has no account.")
    known = {account.name: account for account in batch.accounts}
    for name in names:
        if name not in known:
            raise ParameterError(f"--only: no account is called {name!r}{nearest(name, known)}")
    return tuple(known[name] for name in known if not names or name in names)


def recipients_of(path: Path) -> dict[str, Recipient]:
    """The recipients of a file of accounts that cannot be used, as far as they can be read."""
    try:
        tables = toml_of(text_of(path, "accounts", LARGEST), path, "accounts", "").get("recipients")
    except ParameterError:
        return {}
    given = tables.items() if isinstance(tables, dict) else ()
    read = {name: _record(Recipient, one, name) for name, one in given if isinstance(one, dict)}
    return {name: recipient for name, (recipient, faults) in read.items() if not faults}
