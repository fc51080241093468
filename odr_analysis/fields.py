"""Records whose fields are checked, the same way wherever a value comes from.

A record is an attrs class with a :class:`Kind` for each field. Its constructor, a file and the
command line all ask the kind, so a value is right or wrong everywhere alike.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import attrs

from odr_analysis.errors import ParameterError

Record = TypeVar("Record", bound="attrs.AttrsInstance")
LARGEST = 2**63
"""Whole numbers have fewer bits than this one."""
LARGEST_FILE = 64 * 1024
"""Bytes of a file of a record; a larger one is something else."""
NEAR = 0.7
"""Share of letters that two names have in common, in one order, of which one may be meant."""
SHOWN = 60
"""Characters of a value that a message shows."""
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True)
class Kind:
    """What a field may hold.

    Attributes
    ----------
    name : str
        How a message calls it, after "must be".
    of : callable
        The value as the record keeps it; ValueError or TypeError where it does not fit.
    of_text : callable
        The same for a text as a person writes it, which files and commands need.
    """

    name: str
    of: Callable[[Any], Any]
    of_text: Callable[[str], Any] = str


class WithinError(TypeError):
    """A value is of the right kind, but this one in it is not."""


def _of(kind: type) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError
        return value

    return checked


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= LARGEST:
        raise TypeError
    return value


def _number(value: Any) -> float:
    """One spelling of a number, so that equal records have equal texts and cache keys."""
    return float(value if isinstance(value, float) else _whole(value))


def _true_or_false(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise ValueError
    return text.lower() in TRUE


def _list(text: str) -> list[Any]:
    read: list[Any] = _of(list)(json.loads(text))
    return read


KINDS: dict[type, Kind] = {
    str: Kind("str", _of(str)),
    int: Kind("int", _whole, int),
    float: Kind("float", _number, float),
    bool: Kind("bool", _of(bool), _true_or_false),
    list: Kind("list", _of(list), _list),
}
"""Types that files, notebooks and the command line carry; a bool is not an int, nor is a
float."""


def field(
    default: Any, expected: str = "", fits: Callable[[Any], bool] = bool, kind: Kind | None = None
) -> Any:
    """A field of a record.

    Parameters
    ----------
    default
        Its value where none is given.
    expected : str
        Which values of the kind make sense, for a message; '' for all.
    fits : callable
        Whether a value does.
    kind : Kind, optional
        By default that of the type of `default`.
    """
    own = kind or KINDS[type(default)]

    def checked(value: Any, record: Any, its: attrs.Attribute[Any]) -> Any:
        name = f"{name_of(type(record))}: {its.name}"
        try:
            value = own.of(value)
        except (TypeError, ValueError) as error:
            raise ParameterError(f"{name} {_must_be(own, value, error)}") from error
        if expected and not fits(value):
            raise ParameterError(f"{name} must be {expected}, got {shown(value)}.")
        return value

    convert = attrs.Converter(checked, takes_self=True, takes_field=True)
    return attrs.field(default=default, converter=convert, metadata={Kind: own})


def name_of(record: type) -> str:
    """How messages and files call a record.

    >>> name_of(type("MoreOrders", (), {}))
    'more_orders'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


def kinds_of(record: type[attrs.AttrsInstance]) -> dict[str, Kind]:
    """The fields of a record by name."""
    return {f.name: f.metadata[Kind] for f in attrs.fields(record)}


def read(
    given: Mapping[str, Any], known: Mapping[str, Kind], noun: str, *, text: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by name as they are given, looked at before a record is made of them.

    Parameters
    ----------
    given : mapping
        Name to value.
    known : mapping
        Name to kind; others are unknown.
    noun : str
        What a message calls a name: ``key``, ``parameter``.
    text : bool
        Whether a text stands for what a person writes so: ``"60"`` for 60.

    Returns
    -------
    dict, dict
        Values that fit, and for every other name a sentence on what is wrong.

    Examples
    --------
    >>> read({"days": "60", "day": 1}, {"days": KINDS[int]}, "key", text=True)
    ({'days': 60}, {'day': "unknown key 'day'; did you mean 'days'?"})
    """
    values, wrong = {}, {}
    for name, value in given.items():
        kind = known.get(name)
        if kind is None:
            wrong[name] = f"unknown {noun} {name!r}{nearest(name, known)}"
            continue
        try:
            values[name] = kind.of(kind.of_text(value) if text and type(value) is str else value)
        except (TypeError, ValueError) as error:
            wrong[name] = f"{name} {_must_be(kind, value, error)}"
    return values, wrong


def changed(record: Record, changes: Mapping[str, Any]) -> Record:
    """A new record with some fields replaced.

    Raises
    ------
    ParameterError
        A field is unknown, or a value does not fit.
    """
    known = kinds_of(type(record))
    for name in changes:
        if name not in known:
            raise ParameterError(
                f"{name_of(type(record))}: unknown field {name!r}{nearest(name, known)} "
                f"Known fields: {', '.join(sorted(known))}."
            )
    values = {name: getattr(record, name) for name in known}
    return type(record)(**{**values, **changes})


def shown(value: Any) -> str:
    """A value as a message can show it, however long it is."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        return "a number of more than 64 bits"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def nearest(name: Any, valid: Iterable[str]) -> str:
    """How a sentence about an unknown name ends.

    >>> nearest("windowdays", ["window_days", "lag_days"]), nearest("x", ["lag_days"])
    ("; did you mean 'window_days'?", '.')
    """
    spelt = {str(word).lower(): word for word in valid}
    near = get_close_matches(name.lower(), [*spelt], 1, NEAR) if isinstance(name, str) else []
    return f"; did you mean {spelt[near[0]]!r}?" if near else "."


def _must_be(kind: Kind, value: Any, why: Exception) -> str:
    within = f" with {shown(why.args[0])} in it" if isinstance(why, WithinError) else ""
    return f"must be {kind.name}, got {shown(value)}{within}."


def exists(path: Path) -> bool:
    """Whether there is something at a place.

    Raises
    ------
    ParameterError
        It cannot be known.
    """
    try:
        return path.exists()
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}).") from error


def text_of(path: Path, what: str, largest: int = LARGEST_FILE) -> str:
    """Text of a file of at most `largest` bytes, called a file of `what` in a message.

    Raises
    ------
    ParameterError
        It is not there, cannot be read, is too large or is not UTF-8.
    """
    try:
        if not path.is_file():
            what_is = "is a folder" if path.is_dir() else "there is no such file"
            raise ParameterError(f"{path}: {what_is}. Name a file of {what}.")
        size = path.stat().st_size
        if size > largest:
            raise ParameterError(
                f"{path}: {size:,} bytes are too many for a file of {what}, which has at most "
                f"{largest:,}. Name the right file."
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error


def toml_of(text: str, path: Path, what: str, example: str) -> dict[str, Any]:
    """What a TOML text holds.

    Raises
    ------
    ParameterError
        It is not TOML; the message shows a line that is.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ParameterError(f"{path}: is no file of {what}; its values are nested.") from error
    except ValueError as error:
        raise ParameterError(
            f"{path}: is no TOML file: {error}. Write one field a line: {example}."
        ) from error


def toml_value(value: bool | int | float | str | date | Collection[Any]) -> str:
    """A value as TOML has it.

    >>> toml_value(True), toml_value(date(2026, 10, 1)), toml_value({"b", "a"})
    ('true', '2026-10-01', '["a", "b"]')
    """
    if isinstance(value, str):
        # JSON's escapes are TOML's, which also wants the delete character escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Collection):
        each = sorted(value) if isinstance(value, frozenset | set) else value
        return f"[{', '.join(map(toml_value, each))}]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def place(text: str, key: str) -> str:
    """``line 3: `` where exactly one line of a file sets `key`."""
    sets = re.compile(
        rf"""[ \t]*(["']?){re.escape(key)}\1[ \t]*[=.]|[ \t]*\[\[?{re.escape(key)}\]"""
    )
    lines = [n for n, line in enumerate(text.split("\n"), 1) if sets.match(line)]
    return f"line {lines[0]:,}: " if len(lines) == 1 else ""
