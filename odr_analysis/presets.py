"""Named policies, and a user's own in a TOML file.

A policy file holds any fields of :class:`~odr_analysis.policy.Policy`, one a line; what it
leaves out is as in its ``base``::

    base = "amazon-current"
    name = "as our account is counted"
    count_pending_claims = false
    day_boundary = "marketplace"

    [coverage]
    no_chargebacks_known_to = 2026-09-30
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from odr_analysis.errors import ParameterError
from odr_analysis.fields import (
    KINDS,
    exists,
    kinds_of,
    nearest,
    place,
    read,
    shown,
    text_of,
    toml_of,
    toml_value,
)
from odr_analysis.policy import WORD_FIELDS, Policy


@dataclass(frozen=True)
class Preset:
    """A policy with a name, and where it is from.

    Attributes
    ----------
    policy : Policy
    since : str
        From when to when the rules are known to have held, in words.
    sources : str
        Who says so, in words. What no source speaks of is as in ``amazon-current``.
    """

    policy: Policy
    since: str
    sources: str


PRESETS: dict[str, Preset] = {
    p.policy.name: p
    for p in (
        Preset(
            Policy(),
            "As published on 2026-11-21. The 15 days of lag are seen since November 2020; the "
            "Buy Shipping rule is younger than the label 'Claims Protected'.",
            "Amazon's report schema and its example; help pages Order Defect Rate (US, Saudi "
            "Arabia), A-to-z Guarantee, appealing and answering claims, removing feedback; "
            "answers of Amazon's staff in the seller forums. Field by field in SWITCHES.",
        ),
        Preset(
            Policy(
                name="amazon-2016",
                lag_days=30,
                count_pending_claims=True,
                count_withdrawn_claims=True,
                count_denied_claims=True,
                count_cancelled_orders=True,
                count_pending_orders=True,
                count_won_chargebacks=True,
            ),
            "Guides and undated help pages of about 2016. By November 2020 the lag was 15 days; "
            "when denied and withdrawn claims stopped counting is not known.",
            "An older FAQ of Amazon (an order is reported from its 30th day); an older help page "
            "(claims among orders 'of any status', so cancelled and pending ones are orders); the "
            "older list of claims that count, which names those under review; a software "
            "maker's guide (denied and withdrawn claims count); a law firm's guide (a chargeback "
            "counts whether won or lost).",
        ),
        Preset(
            Policy(
                name="as-reported",
                count_pending_claims=True,
                count_withdrawn_claims=True,
                count_denied_claims=True,
                count_refunded_claims=True,
                count_cancelled_claims=True,
                count_amazon_funded_claims=True,
                count_protected_claims=True,
                count_appealed_claims=True,
                count_open_chargebacks=True,
                count_won_chargebacks=True,
                count_struck_feedback=True,
                count_removed_feedback=False,
                count_inferred_defects=False,
                count_recovered_defects=False,
            ),
            "Not Amazon's rules of any day; window and lag are those of amazon-current.",
            "The files alone: what an order-defects list or a column 'counts in ODR' says; "
            "otherwise every listed defect counts, whatever became of it. Feedback that has been "
            "removed is listed no more, and money alone lists no defect.",
        ),
    )
}
"""Policies by name; ``amazon-current`` is ``Policy()``."""


def preset(name: str) -> Policy:
    """The policy of that name.

    Raises
    ------
    ParameterError
        When there is none; the message names the nearest.

    Examples
    --------
    >>> preset("amazon-2016").lag_days, preset("amazon-current") == Policy()
    (30, True)
    """
    if name not in PRESETS:
        raise ParameterError(
            f"policy: no preset is called {name!r}{nearest(name, PRESETS)} "
            f"Presets: {', '.join(PRESETS)}."
        )
    return PRESETS[name].policy


def load_policy(name_or_path: str | Path, **changes: Any) -> Policy:
    """A preset by its name, or the policy of a TOML file.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A key of ``PRESETS``, or a file. A file that is called like a preset is reached as
        ``./amazon-current`` or as a path.
    **changes
        Single fields to replace, see :meth:`Policy.with_changes`.

    Returns
    -------
    Policy
        Of a file without ``name``, called like the file without its ending.

    Raises
    ------
    ParameterError
        When it is neither; when the file cannot be read or is no TOML; when a key is
        unknown (with the nearest valid one), or a value of the wrong type or without sense.
        Every unknown key and wrong type of a file is told at once.

    Examples
    --------
    >>> load_policy("as-reported").count_denied_claims
    True
    """
    if isinstance(name_or_path, str) and name_or_path in PRESETS:
        return preset(name_or_path).with_changes(**changes)
    path = Path(name_or_path)
    return _policy_of(_read(path), path).with_changes(**changes)


def to_toml(policy: Policy) -> str:
    """`policy` as a file that :func:`load_policy` reads back equal.

    Every field is written, so that the file means the same when a preset is changed; where
    a field differs from ``amazon-current``, a comment says what it is there.

    Examples
    --------
    >>> print(to_toml(Policy(name="mine", lag_days=14)).partition("window_days")[0])
    # Rules of the Order Defect Rate. A line left out is as in base.
    base = "amazon-current"
    name = "mine"
    <BLANKLINE>
    >>> [line for line in to_toml(Policy(lag_days=14)).splitlines() if "lag" in line]
    ['lag_days = 14  # amazon-current: 15']
    """
    usual = Policy()
    lines = [
        "# Rules of the Order Defect Rate. A line left out is as in base.",
        f"base = {toml_value(usual.name)}",
    ]
    for field in attrs.fields(Policy):
        value, there = getattr(policy, field.name), getattr(usual, field.name)
        differs = field.name != "name" and value != there
        note = f"  # {usual.name}: {toml_value(there)}" if differs else ""
        lines.append(f"{field.name} = {toml_value(value)}{note}")
    return "\n".join(lines) + "\n"


def _read(path: Path) -> str:
    """Text of a policy file."""
    if not exists(path):
        told = str(path)
        raise ParameterError(
            f"policy: {told!r} is neither a preset nor a file{nearest(told, PRESETS)} "
            f"Presets: {', '.join(PRESETS)}."
        )
    return text_of(path, "a policy")


def _policy_of(text: str, path: Path) -> Policy:
    """The policy a file's text describes."""
    told = toml_of(text, path, "a policy", "window_days = 60")
    problems = []
    base = told.pop("base", Policy().name)
    if not isinstance(base, str) or base not in PRESETS:
        problems.append(
            f"{place(text, 'base')}base must be the name of a preset, got {shown(base)}"
            f"{nearest(base, PRESETS)} Presets: {', '.join(PRESETS)}."
        )
    known = {"base": KINDS[str], **kinds_of(Policy)}
    values, wrong = read(_flat(told), known, "key")
    problems += [f"{place(text, key)}{problem}" for key, problem in wrong.items()]
    if problems:
        more = f" Known keys: {', '.join(known)}." if "unknown key" in str(problems) else ""
        raise ParameterError(f"{path}: {' '.join(problems)}{more}")
    try:
        return preset(base).with_changes(**{"name": path.stem, **values})
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    """The keys of a table ``[coverage]`` among the others; days as text."""
    coverage = told.get("coverage")
    if isinstance(coverage, dict):
        rest = {key: value for key, value in told.items() if key != "coverage"}
        # "needed" reads better in the table than its field's name.
        told = rest | {("coverage_needed" if k == "needed" else k): v for k, v in coverage.items()}
    days = WORD_FIELDS.values()
    return {k: v.isoformat() if k in days and type(v) is date else v for k, v in told.items()}
