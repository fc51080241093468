"""Parameters of a notebook, checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odr_analysis.errors import ParameterError
from odr_analysis.fields import KINDS, Kind, read
from odr_analysis.reports import fast_papermill

TYPES: dict[str, Kind] = {kind.name: kind for kind in KINDS.values()}
"""Types papermill can carry, by their names in Python."""


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
    kinds = {name: TYPES[p.type] for name, p in declared.items()}
    values, wrong = read(given, kinds, "parameter", text=True)
    if wrong:
        valid = "\n".join(
            f"  {p.name}: {p.type} = {p.default}" + (f"  {p.help}" if p.help else "")
            for p in declared.values()
        )
        listed = "\n".join(f"  {problem}" for problem in wrong.values())
        raise ParameterError(
            f"Parameters of {notebook} do not fit:\n{listed}\nValid parameters:\n{valid}"
        )
    return values
