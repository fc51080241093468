"""Errors name file, line and remedy, and survive the way back from another process."""

from __future__ import annotations

import errno
import pickle
import warnings

import pytest

from odr_analysis.errors import (
    ExportError,
    FrameError,
    MachineError,
    OdrError,
    OdrWarning,
    ParameterError,
    as_told,
    full_disk,
    warnings_to,
)


@pytest.mark.parametrize(
    "error",
    [
        ExportError("a.txt", "No date.", "Write one.", 1234),
        FrameError(["one", "two"]),
        MachineError("The disk is full.", "traceback"),
        ParameterError("days must be int, got 'x'."),
    ],
)
def test_an_error_survives_pickling_with_its_fields(error: OdrError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_message_names_file_and_line_where_there_is_one() -> None:
    assert str(ExportError("a.txt", "No date.")) == "a.txt: No date."
    error = ExportError("z.zip/a.txt", "No date.", "Write one.", 1234)
    assert str(error) == "z.zip/a.txt, line 1,234: No date. Write one."
    assert str(FrameError(["one", "two"])).splitlines()[1:] == ["  - one", "  - two"]


def test_only_a_full_disk_is_one() -> None:
    full = full_disk(OSError(errno.EDQUOT, "Disk quota exceeded", "/c/a.parquet"))
    assert full is not None
    assert str(full).startswith("/c/a.parquet: No space left on device. Free space")
    engine = full_disk(ValueError('Could not write file "/c/b": No space left on device'))
    assert engine is not None
    assert str(engine).startswith("/c/b: ")
    assert full_disk(OSError(errno.EACCES, "Permission denied", "/c")) is None


def test_an_error_told_by_name_is_the_machines_or_the_inputs() -> None:
    assert type(as_told("MachineError", "x")) is MachineError
    assert type(as_told("SyntaxError", "x")) is OdrError


def test_only_warnings_for_readers_are_shown_and_all_is_as_before_afterwards() -> None:
    heard: list[str] = []
    usual = warnings.showwarning
    with warnings.catch_warnings(record=True) as others:
        warnings.simplefilter("always")
        with warnings_to(heard.append):
            warnings.warn("for a reader", OdrWarning, stacklevel=1)
            warnings.warn("for a reader", OdrWarning, stacklevel=1)
            warnings.warn("for who develops", UserWarning, stacklevel=1)
    assert heard == ["for a reader", "for a reader"]
    assert [str(w.message) for w in others] == ["for who develops"]
    assert warnings.showwarning is usual
