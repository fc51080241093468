"""Numbers are rounded for eyes in one place, ``words.py``; what else rounds is named here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from odr_analysis import words
from tests.house import PACKAGE, modules

NOT_FOR_EYES: dict[str, str] = {
    "actions/cheapest_mix.py": "money as whole cents",
    "controls/folds.py": "the value of a field, in per cent of what stands",
    "controls/levers.py": "the value of a slider, in steps it can take",
    "controls/view.py": "the value of a slider, in steps it can take",
    "exports/flat/workbook.py": "the text of a number, with the digits a workbook keeps",
    "exports/orders/careful.py": "days of a spreadsheet to whole seconds",
    "exports/verdicts.py": "amounts as integers, to compare them",
    "forecasting/ahead.py": "orders still to be placed, as whole orders",
    "forecasting/coming_days/joint_paths.py": "reports drawn, as whole numbers",
    "forecasting/coming_days/marginals.py": "orders drawn, as whole numbers",
    "forecasting/coming_days/outlook.py": "orders a rate is of, as whole numbers",
    "html/svg.py": "the size of a drawing in whole units",
    "plots/accounts/account_funnel.py": "sizes as whole orders, and places on an axis",
    "plots/cohorts.py": "whether rates were moved apart",
    "plots/drivers.py": "the row of a line, for its id",
    "plots/shared/axis.py": "places on an axis",
    "plots/shared/labels.py": "places on an axis",
    "rates/between_accounts.py": "sizes of accounts as whole orders",
    "rates/groups.py": "sizes of groups as whole orders",
    "sample/files/case_files.py": "amounts as exports have them",
    "sample/files/defect_files.py": "amounts and days as exports have them",
    "sample/files/order_files.py": "prices as exports have them",
    "sample/files/performance_files.py": "rates as Amazon's reports round them",
    "sample/model/cases.py": "how many cases are made up",
    "sample/model/catalogue.py": "prices in whole yen",
    "sample/model/defects.py": "delays in whole days",
    "sample/model/transactions.py": "amounts in the smallest unit of a currency",
}
"""Modules that round something no reader sees as a rounded number, and what it is."""
TEMPLATES: dict[str, str] = {"answer.html.j2": "the width of a bar"}

OF_A_FLOAT = re.compile(r"[eEfFgG%]$|\.\d+$")
IN_A_TEXT = re.compile(r"\{[\w.]*:[^{}\s]*[eEfFgG%]\}|%(?:[-+ 0]*\d*\.\d+)?[efg]\b")
ROUNDING = {"round", "around", "rint", "format_float_positional", "quantize"}


def rounding(source: str) -> Iterator[int]:
    """Lines on which a number is rounded or written with so many digits; examples are not."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in {*ROUNDING, "format"}:
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr=name)) if name in ROUNDING:
                yield node.lineno
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=values)):
                # A spec that is worked out could be any.
                spec = "".join(v.value if isinstance(v, ast.Constant) else "1f" for v in values)
                if OF_A_FLOAT.search(spec):
                    yield node.lineno
            case ast.Constant(value=str(text)) if IN_A_TEXT.search(text) and id(node) not in docs:
                yield node.lineno


def test_only_words_round_for_eyes() -> None:
    found = {}
    for path in modules():
        if lines := sorted(set(rounding(path.read_text("utf-8")))):
            found[path.relative_to(PACKAGE).as_posix()] = lines
    assert found.pop("words.py"), "nothing was found where all of it should be"
    assert {m: lines for m, lines in found.items() if m not in NOT_FOR_EYES} == {}, (
        "use a function of words.py, or name what is rounded that no reader sees"
    )
    assert NOT_FOR_EYES.keys() == found.keys(), "an exception is of no use any more"


def test_templates_round_nothing_a_reader_reads() -> None:
    folder = PACKAGE / "html" / "templates"
    templates = [p for p in folder.glob("*.j2") if "css" not in p.name]
    assert len(templates) > 5
    rounding_filter = re.compile(r"\|\s*(?:round|format)|%\.\d")
    rounds = {p.name for p in templates if rounding_filter.search(p.read_text("utf-8"))}
    assert rounds == TEMPLATES.keys()


@pytest.mark.parametrize(
    "planted",
    [
        'f"{x:.2f}"',
        'f"{x:,.1%}"',
        'f"{x:g}"',
        'f"{x:.2}"',
        'f"{x:.{n}f}"',
        "round(x, 2)",
        "table.round(3)",
        "x.quantize(n)",
        '"{:.1f}".format(x)',
        '"%.2f" % x',
        '"%f" % x',
        'format(x, ".2f")',
    ],
)
def test_a_planted_rounding_is_found(planted: str) -> None:
    assert list(rounding(f"def f(x, n, table):\n    return {planted}\n"))


@pytest.mark.parametrize("fine", ['f"{n:,}"', 'f"{name:<14}"', 'f"{n:>+8,}"', '"a {b} c"'])
def test_what_rounds_nothing_is_left_alone(fine: str) -> None:
    assert not list(rounding(f'"""Digits {{x:.2f}}."""\n\n\ndef f(n, name):\n    return {fine}\n'))


def test_each_function_rounds_as_it_says() -> None:
    assert words.decimal(-0.0005, 3, signed=True) in ("-0.001", "-0.000")
    assert words.decimal(1234567.891, 2) == "1,234,567.89"
    assert words.significant(0.05, 2) == "0.05"
    assert words.megabytes(999_999) == "1 MB"
    assert words.about(0.005) == "0 %"
    assert words.level(0.07125, 4) == "7.12 %"
