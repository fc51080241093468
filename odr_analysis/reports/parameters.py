"""Parameters of a notebook, checked before anything starts."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs

from odr_analysis.errors import ParameterError
from odr_analysis.fields import KINDS, Kind, read
from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS, load_policy
from odr_analysis.reports import fast_papermill

TYPES: dict[str, Kind] = {kind.name: kind for kind in KINDS.values()}
"""Types papermill can carry, by their names in Python."""
NOT_DECLARED = "None"
"""What papermill has for the type of a parameter without one."""
TAG = "parameters"
FOLDER = "folder"
"""The parameter that every notebook of a report has."""
RULES = "rules"
"""The parameter with single rules of the policy."""
VALID = "Valid parameters:"
"""What the list of them begins with, in an error."""
SET_BY = {
    "as_of": ("--as-of", 'as_of: str = ""'),
    "known_on": ("--known-on", 'known_on: str = ""'),
    "loss_budget": ("--loss-budget", "loss_budget: float = 0.01"),
    "marketplace": ("--marketplace, or in the file of accounts", 'marketplace: str = ""'),
    "policy": ("--policy, or in the file of accounts", 'policy: str = "amazon-current"'),
    "scenarios": ("--scenario", "scenarios: list = []"),
}
"""Parameter to what sets it under another word than its own, and the line that declares it."""


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell: name, type, default and help."""

    name: str
    type: str
    default: str
    help: str


NAME = Parameter("account_name", "str", "''", "what the page calls the account")
"""The parameter that no notebook need have."""


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """Parameters a notebook declares, by name.

    Raises
    ------
    ParameterError
        It is no Python notebook, has no cell tagged ``parameters`` or no parameter ``folder`` in
        it, or a parameter has a type papermill cannot carry.
    """
    _check(notebook)
    # A path with braces would be filled in as a template.
    declared = fast_papermill.papermill().inspect_notebook(in_papermill(notebook))
    found = {
        name: Parameter(name, _type(p), p["default"], p["help"]) for name, p in declared.items()
    }
    for p in found.values():
        if p.type not in TYPES:
            raise ParameterError(
                f"{notebook.name}: parameter {p.name} = {p.default} is of a type that cannot be "
                f"set from outside. Give it one of {', '.join(TYPES)}, such as "
                f'{p.name}: str = "".'
            )
    if FOLDER not in found:
        raise ParameterError(
            f"{notebook.name}: its parameters have no {FOLDER!r}, which the report sets to the "
            f'folder of the exports. Add a line such as {FOLDER}: str = "exports".'
        )
    return found


def _type(declared: Mapping[str, Any]) -> str:
    """The type of a parameter: as declared, or that of its default."""
    named: str = declared["inferred_type_name"]
    if named != NOT_DECLARED:
        return named
    try:
        return type(ast.literal_eval(declared["default"])).__name__
    except (ValueError, SyntaxError):  # an expression, which may be of any type
        return named


def in_papermill(path: Path) -> str:
    """A path as papermill takes it, which fills in what stands between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _check(notebook: Path) -> None:
    """See that a file is a Python notebook with a parameters cell."""
    try:
        told = json.loads(notebook.read_text("utf-8"))
        cells = [cell for cell in told["cells"] if TAG in cell["metadata"].get("tags", ())]
        metadata = told["metadata"]
        spec, language = metadata["kernelspec"]["name"], metadata["kernelspec"].get("language")
        language = language or metadata.get("language_info", {}).get("name", "")
    except OSError as error:
        raise ParameterError(f"{notebook}: cannot be read ({error.strerror}).") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ParameterError(
            f"{notebook}: is no notebook that can be run. Save it in JupyterLab with a Python "
            "kernel chosen."
        ) from error
    if language != "python":
        raise ParameterError(
            f"{notebook}: its language is {language or spec!r}; expected a Python notebook."
        )
    if not cells:
        raise ParameterError(
            f"{notebook}: has no cell tagged {TAG!r}, which a report fills in. Give the cell with "
            f"{FOLDER} and the other parameters this tag (JupyterLab: Property Inspector, Cell "
            "Tags)."
        )


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
        told = [(name not in declared and _undeclared(name)) or wrong[name] for name in wrong]
        listed = "\n".join(f"  {problem}" for problem in told)
        raise ParameterError(f"Parameters of {notebook} do not fit:\n{listed}\n{VALID}\n{valid}")
    return values


def _undeclared(name: str) -> str:
    """What to do about a parameter that others set and a notebook lacks; '' for any other name.

    Leaving it out in silence would make the page of an account by other rules than asked for.
    """
    by, line = SET_BY.get(name, ("", ""))
    if name in policy_parameters():
        by, line = "a rule of the policy", f"{RULES}: list = []"
    if not by:
        return ""
    return (
        f"It has no parameter {name!r} ({by}). Leave that out, or add {line} to its cell with "
        "parameters and load the account by it."
    )


def policy_parameters() -> dict[str, Parameter]:
    """The rules of the rate as parameters of the report, by name."""
    rules = [f for f in attrs.fields(Policy) if f.name != "name"]
    return {
        f.name: Parameter(f.name, type(f.default).__name__, repr(f.default), "rule of the policy")
        for f in rules
    }


def with_policy(values: Mapping[str, Any]) -> tuple[dict[str, Any], Policy]:
    """Report parameters with single rules gathered in ``rules``, and the policy they describe.

    Raises
    ------
    ParameterError
        When they make no sense.
    """
    known = policy_parameters()
    rules = [*values.get("rules", []), *([k, v] for k, v in values.items() if k in known)]
    if not all(isinstance(r, list) and len(r) == 2 and isinstance(r[0], str) for r in rules):
        raise ParameterError('rules must be pairs like [["lag_days", 14]].')
    base = values.get("policy") or Policy().name
    if base not in PRESETS:
        base = str(Path(base).resolve())
    rest = {k: v for k, v in values.items() if k not in known}
    return rest | {"policy": base, "rules": rules}, load_policy(base, **dict(rules))
