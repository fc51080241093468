"""Names of arrays have one home."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from odr_analysis import arrays

PACKAGE = Path(arrays.__file__).parent


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("Integers", np.int64),
        ("Floats", np.float64),
        ("Flags", np.bool_),
        ("Stamps", np.datetime64),
    ],
)
def test_a_name_stands_for_what_it_says(name: str, holds: type) -> None:
    (_, dtype) = get_args(getattr(arrays, name))
    assert get_args(dtype) == (holds,)


def test_no_module_has_a_name_of_its_own_for_one_of_them() -> None:
    own = re.compile(r"^\w+ = npt\.NDArray\[np\.(int64|float64|bool_|datetime64)\]", re.MULTILINE)
    found = [path.name for path in PACKAGE.rglob("*.py") if own.search(path.read_text("utf-8"))]
    assert found == ["arrays.py"]
