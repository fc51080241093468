"""Parameters of a notebook, checked before anything starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from odr_analysis.errors import ParameterError
from odr_analysis.reports import fast_papermill

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list}
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell: name, type, default and help."""

    name: str
    type: str
    default: str
    help: str


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """Parameters a notebook declares, by name.

    Raises
    ------
    ParameterError
        When a parameter has a type papermill cannot carry.
    """
    declared = fast_papermill.papermill().inspect_notebook(str(notebook))
    found = {
        name: Parameter(name, p["inferred_type_name"], p["default"], p["help"])
        for name, p in declared.items()
    }
    for p in found.values():
        if p.type not in TYPES:
            raise ParameterError(
                f"{notebook.name}: parameter {p.name} has type {p.type!r}; "
                f"expected one of {', '.join(TYPES)}."
            )
    return found


def checked(
    given: Mapping[str, Any], declared: Mapping[str, Parameter], notebook: str
) -> dict[str, Any]:
    """`given` with texts turned into the declared types.

    Raises
    ------
    ParameterError
        Lists every unknown name and every wrong type, and the valid parameters.
    """
    problems, values = [], {}
    for name, value in given.items():
        if name not in declared:
            near = get_close_matches(name, declared, 1)
            problems.append(
                f"{name!r} is not a parameter" + (f"; did you mean {near[0]!r}?" if near else ".")
            )
            continue
        try:
            values[name] = converted(value, declared[name].type)
        except ValueError:
            problems.append(f"{name} must be {declared[name].type}, got {value!r}.")
    if problems:
        valid = "\n".join(
            f"  {p.name}: {p.type} = {p.default}" + (f"  {p.help}" if p.help else "")
            for p in declared.values()
        )
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise ParameterError(
            f"Parameters of {notebook} do not fit:\n{listed}\nValid parameters:\n{valid}"
        )
    return values


def converted(value: Any, kind: str) -> Any:
    """`value` as type `kind`; a text is read as a person would write it.

    Raises
    ------
    ValueError
        When it is no such thing.

    Examples
    --------
    >>> converted("false", "bool"), converted("60", "int"), converted(1, "float")
    (False, 60, 1.0)
    """
    wanted = TYPES[kind]
    if not isinstance(value, str):
        if type(value) is wanted:
            return value
        if wanted is float and type(value) is int:
            return float(value)
        raise ValueError(kind)
    if wanted is str:
        return value
    if wanted is bool:
        if value.lower() not in TRUE + FALSE:
            raise ValueError(kind)
        return value.lower() in TRUE
    if wanted is list:
        read = json.loads(value)
        if not isinstance(read, list):
            raise ValueError(kind)
        return read
    return wanted(value)
