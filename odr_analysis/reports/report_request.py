"""What a report is made of, checked before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis import clock
from odr_analysis.days import day_of
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.exports.files.walk import no_file, walk
from odr_analysis.fields import nearest
from odr_analysis.policy import Policy
from odr_analysis.reports.parameters import (
    FOLDER,
    NAME,
    RULES,
    Parameter,
    checked,
    parameters_of,
    policy_parameters,
    with_policy,
)

Bring = Callable[[Mapping[str, Any], Policy], Path]
"""Parameters of a report and its policy to the folder that it is made of."""
REPORT = "05-report.ipynb"
ENDING = ".ipynb"


@dataclass(frozen=True)
class Request:
    """A report that can be made.

    Attributes
    ----------
    folder : pathlib.Path
        Exports or archive.
    notebook : pathlib.Path
    given : dict
        Parameters by name, as they were checked: what the reading process goes by.
    own : frozenset of str
        Names of the parameters that the notebook declares.
    policy : Policy
    """

    folder: Path
    notebook: Path
    given: dict[str, Any]
    own: frozenset[str]
    policy: Policy

    @property
    def of_notebook(self) -> dict[str, Any]:
        """Parameters for the notebook: those it declares."""
        return {name: value for name, value in self.given.items() if name in self.own}


def notebook_path(name_or_path: str | Path) -> Path:
    """A notebook: a file, or one of the toolkit's by its name.

    Those of the toolkit lie in the package when it is installed, else beside it in a checkout.

    Raises
    ------
    ParameterError
        There is neither.

    Examples
    --------
    >>> notebook_path("02-odr-over-time").name
    '02-odr-over-time.ipynb'
    """
    path = Path(name_or_path)
    if path.suffix == ENDING and path.is_file():
        return path.resolve()
    package = Path(__file__).parents[1]
    there: dict[str, Path] = {}
    for place in (package.parent / "notebooks", package / "notebooks"):
        there |= {own.stem: own for own in sorted(place.glob(f"*{ENDING}"))}
    name = str(name_or_path).removesuffix(ENDING)
    if name not in there:
        raise ParameterError(
            f"There is no notebook {str(name_or_path)!r}{nearest(name, there)} "
            f"Name a file, or one of the toolkit's: {', '.join(there)}."
        )
    return there[name]


def check_folder(folder: str | Path) -> Path:
    """A folder with files in it, as an absolute path.

    Raises
    ------
    OdrError
        There is none, or nothing in it.
    """
    folder = Path(folder).resolve()
    if not walk(folder):
        raise OdrError(no_file(folder))
    return folder


def request_of(
    folder: str | Path | Bring,
    parameters: Mapping[str, Any],
    *,
    notebook: str | Path = REPORT,
    account_name: str | None = None,
    now: date,
) -> Request:
    """A report of the exports in `folder`, its parameters checked.

    `folder` may be what brings them, which is asked once all else is right.

    Raises
    ------
    ParameterError
        No such notebook, or none for a report; an unknown parameter, a wrong type, or a day that
        is still to come.
    OdrError
        No such folder, or nothing in it.
    """
    if not callable(folder):
        folder = check_folder(folder)
    path = notebook_path(notebook)
    own = parameters_of(path)
    declared: dict[str, Parameter] = dict(own)
    # The page has the name whatever the notebook knows of it.
    declared.setdefault(NAME.name, NAME)
    if RULES in own:
        declared |= policy_parameters()
    given = checked(parameters, declared, path.name)
    if {"policy", RULES} & set(own):
        given, policy = with_policy(given)
    else:
        policy = Policy()
    if given.get("as_of"):
        clock.check_past(day_of(given["as_of"], "as_of"), "as_of", now)
    # Which cache is the caller's choice, and no part of what the report says.
    given = {k: v for k, v in given.items() if k != "cache"}
    if callable(folder):
        folder = folder(given, policy)
    given |= {FOLDER: str(folder), "today": now.isoformat()}
    if account_name is not None:
        given[NAME.name] = account_name
    return Request(folder, path, given, frozenset(own), policy)
