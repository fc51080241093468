"""An account whose rows lie in a warehouse: what its file says of it, and its tables brought here.

::

    [defaults]
    connection = "$ODR_WAREHOUSE"

    [[account]]
    name = "Shoes UK"
    orders = "shoes_uk.orders"
    claims = "shoes_uk.cases"
    columns = {claims = {"claim date" = "opened_on"}}

    [[account]]
    name = "Books"
    connector = "airbyte"
    database = "books"

Keys are those of :func:`~odr_analysis.load_tables`. A DuckDB file is relative to the file of
accounts.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from odr_analysis.batch.from_environment import SIGN, from_environment
from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.fields import KINDS, Kind, WithinError
from odr_analysis.policy import Policy

EXAMPLE = "postgres://reader:password@host/shop"
_LOCAL = re.compile(r"(duckdb://)(?=[^/?])")
"""How the URL of a file begins whose path is relative."""


def _columns(value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        raise TypeError
    for names in value.values():
        if not isinstance(names, dict):
            raise WithinError(names)
        for name in names.values():
            if not isinstance(name, str):
                raise WithinError(name)
    return value


def _connection(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not value.startswith(SIGN) and "://" not in value:
        raise ValueError
    return value


TABLES = (
    *("orders", "order_items", "feedback", "claims", "chargebacks", "order_defects", "returns"),
    *("settlements", "financial_events"),
)
KEYS: dict[str, Kind] = {
    "connection": Kind(f"a URL such as {EXAMPLE}, or $NAME", _connection),
    **dict.fromkeys((*TABLES, "connector", "database"), KINDS[str]),
    "columns": Kind("a table of tables: {claims = {'claim date' = 'opened_on'}}", _columns),
}
"""Keys of an account that a folder has no use for."""


@attrs.frozen
class InWarehouse:
    """Where the tables of an account are.

    Attributes
    ----------
    connection : str
        A URL that Ibis knows, or ``$NAME`` for the value of a variable of the environment. It is
        no part of what is printed.
    named : mapping
        Other parameters of :func:`~odr_analysis.load_tables`: tables by what they hold,
        ``connector``, ``database``, ``columns``.
    """

    connection: str = attrs.field(repr=False)
    named: Mapping[str, Any]

    @classmethod
    def of(cls, given: Mapping[str, Any], home: Path) -> InWarehouse:
        """That of an account in a file of the folder `home`."""
        url = _LOCAL.sub(lambda found: f"{found[1]}{home.as_posix()}/", given["connection"])
        return cls(url, {key: given[key] for key in KEYS if key != "connection" and key in given})

    def addressed(self) -> InWarehouse:
        """The same with the URL itself.

        Raises
        ------
        ParameterError
            The environment has no such variable.
        """
        url = from_environment(self.connection, "connection", EXAMPLE)
        return attrs.evolve(self, connection=url)

    def bring(
        self,
        given: Mapping[str, Any],
        policy: Policy,
        *,
        name: str,
        today: date,
        cache: str | Path = "default",
    ) -> Path:
        """The folder of the account, saved as the warehouse has it now.

        What counts is worked out there, under `policy`. A report lists products and causes, so
        that orders and items are brought, too.

        Parameters
        ----------
        given : mapping
            Parameters of the report.
        policy : Policy
        name : str
            What the report calls the account.
        today : datetime.date
        cache : str or pathlib.Path
            As for :func:`~odr_analysis.load_account`.

        Raises
        ------
        OdrError
            As for :func:`~odr_analysis.load_tables`; a ``MachineError`` for whatever else went
            wrong, without the password.
        """
        from odr_analysis.saved import save_account
        from odr_analysis.warehouse import load_tables
        from odr_analysis.warehouse.refusals import masked, may_pass, said

        if day := given.get("known_on"):
            raise ParameterError(
                f"known_on={day!r}: a warehouse is known only as it is now. Leave known_on out."
            )
        marketplace = given.get("marketplace") or None
        try:
            account = load_tables(
                self.connection,
                **self.named,
                policy=policy,
                name=name,
                loss_budget=given.get("loss_budget", 0.01),
                marketplace=marketplace,
                today=today,
            )
            return save_account(account, marketplace=marketplace, cache=cache)
        except OdrError:
            raise
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            why = f"{type(error).__name__}: {said(error, self.connection)}"
            raise MachineError(
                f"The warehouse could not be read ({why}).",
                masked(traceback.format_exc(), self.connection),
                passing=may_pass(error),
            ) from None
