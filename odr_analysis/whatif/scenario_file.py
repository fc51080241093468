"""Scenarios in files, TOML or JSON, and in the parameters of a notebook.

A file holds a name and, under the name of each kind of change, a list of them::

    name = "autumn sale"

    [[more_orders]]
    per_day = 20
    start = 2026-10-01
    days = 30

    [[removed]]
    orders = ["302-1234567-1234567"]
    probability = 0.5
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from odr_analysis import fields
from odr_analysis.errors import ParameterError
from odr_analysis.fields import exists, place, text_of, toml_of, toml_value
from odr_analysis.whatif.changes import CHANGES, Change
from odr_analysis.whatif.scenario import Scenario


def load_scenario(path: str | Path) -> Scenario:
    """The scenario of a file, TOML or JSON by the ending of its name.

    Raises
    ------
    ParameterError
        The file cannot be read, or a key or a value in it does not fit; all of them are named.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> pause = Path(folder.name, "pause.toml")
    >>> n = pause.write_text("[[sales]]\\nfactor = 0.0\\ndays = 14", encoding="utf-8")
    >>> load_scenario(pause)
    Scenario(Sales(factor=0.0, days=14))
    >>> folder.cleanup()
    """
    path = Path(path)
    if not exists(path):
        raise ParameterError(f"{path}: no such file. Name a scenario file, TOML or JSON.")
    return read_scenario(text_of(path, "a scenario"), path)


def read_scenario(text: str, path: Path) -> Scenario:
    """The scenario of a text, JSON where the name of its file ends so, else TOML.

    Parameters
    ----------
    text : str
    path : pathlib.Path
        Of the file it is from, or would be; messages name it.

    Raises
    ------
    ParameterError
        As :func:`load_scenario`.

    Examples
    --------
    >>> read_scenario("[[sales]]\\nfactor = 0.0", Path("pause.toml"))
    Scenario(Sales(factor=0.0))
    """
    if path.suffix.lower() == ".json":
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ParameterError(f"{path}: is no JSON file: {error}.") from error
    else:
        found = toml_of(text, path, "a scenario", "per_day = 20, under [[more_orders]]")
    try:
        return scenario_of(found, text)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error


def scenario_of(given: Any, text: str = "") -> Scenario:
    """The scenario of a mapping as a file or a notebook's parameters have it.

    Parameters
    ----------
    given : mapping
        Days may be dates or ISO texts.
    text : str
        Of the file it is from, so that messages name lines.

    Raises
    ------
    ParameterError
        A key is unknown or a value does not fit; all of them are named.

    Examples
    --------
    >>> scenario_of({"more_orders": [{"per_day": 20, "start": "2026-10-01"}]})
    Scenario(MoreOrders(per_day=20, start=date(2026, 10, 1)))
    """
    if not isinstance(given, Mapping):
        raise ParameterError(f"scenario: must be a table of changes, got {fields.shown(given)}.")
    changes, problems = list[Change](), list[str]()
    name = given.get("name", "")
    if not isinstance(name, str):
        problems.append(f"{place(text, 'name')}name must be text, got {fields.shown(name)}.")
    for key, listed in given.items():
        if key == "name":
            continue
        if key not in CHANGES:
            problems.append(
                f"{place(text, key)}unknown change {key!r}{fields.nearest(key, CHANGES)} "
                f"Changes: {', '.join(CHANGES)}."
            )
            continue
        for i, one in enumerate(listed if isinstance(listed, list) else [listed], 1):
            if not isinstance(one, Mapping):
                problems.append(f"{key} must be a list of tables, got {fields.shown(one)}.")
                continue
            which = f"{key} {i}" if isinstance(listed, list) and len(listed) > 1 else key
            values, wrong = fields.read(_days(one), fields.kinds_of(CHANGES[key]), "key")
            problems += [f"{place(text, k)}{which}: {problem}" for k, problem in wrong.items()]
            if not wrong:
                changes.append(CHANGES[key](**values))
    if problems:
        raise ParameterError(" ".join(problems))
    return Scenario(*changes, name=name)


def scenario_dict(scenario: Scenario) -> dict[str, Any]:
    """`scenario` as JSON and notebooks have it; ``scenario_of`` makes it again.

    Examples
    --------
    >>> from odr_analysis import MoreOrders
    >>> scenario_dict(Scenario(MoreOrders(20, start=date(2026, 10, 1)), name="sale"))
    {'name': 'sale', 'more_orders': [{'start': '2026-10-01', 'per_day': 20}]}
    """
    found: dict[str, Any] = {"name": scenario.name} if scenario.name else {}
    for key, kind in CHANGES.items():
        listed = [_as_json(change) for change in scenario.of_kind(kind)]
        if listed:
            found[key] = listed
    return found


def scenario_toml(scenario: Scenario) -> str:
    """`scenario` as a file that :func:`load_scenario` reads back equal.

    Examples
    --------
    >>> from odr_analysis import MoreOrders
    >>> print(scenario_toml(Scenario(MoreOrders(20, start=date(2026, 10, 1)), name="sale")))
    name = "sale"
    <BLANKLINE>
    [[more_orders]]
    start = 2026-10-01
    per_day = 20
    <BLANKLINE>
    """
    parts = [f"name = {toml_value(scenario.name)}\n"] if scenario.name else []
    for key, kind in CHANGES.items():
        for change in scenario.of_kind(kind):
            lines = [f"[[{key}]]", *(f"{name} = {toml_value(v)}" for name, v in _given(change))]
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _given(change: Change) -> Iterator[tuple[str, Any]]:
    """Fields that are not as usual."""
    for field in attrs.fields(type(change)):
        value = getattr(change, field.name)
        if value != field.default:
            yield field.name, value


def _as_json(change: Change) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in _given(change):
        if isinstance(value, frozenset):
            plain[name] = sorted(value)
        elif isinstance(value, date):
            plain[name] = value.isoformat()
        else:
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


def _days(given: Mapping[str, Any]) -> dict[str, Any]:
    """With texts of days as dates; what is no day stays, to be named."""
    found = dict(given)
    for name in ("start", "on", "ordered_on"):
        try:
            if isinstance(found.get(name), str):
                found[name] = date.fromisoformat(found[name])
        except ValueError:
            continue
    return found
