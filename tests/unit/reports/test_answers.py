"""Answers of a process: they alone are on standard output, and objects come over whole."""

from __future__ import annotations

import subprocess
import sys

from odr_analysis.errors import ExportError
from odr_analysis.reports.answers import packed, unpacked

NOISY = """
import os
from odr_analysis.reports.answers import own_channel
answers = own_channel()
print("a library prints", flush=True)
os.write(1, b"46% ")
os.system("echo a process prints")
answers.write("the answer\\n")
answers.close()
"""


def test_nothing_but_answers_is_on_standard_output() -> None:
    done = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, text=True, check=True)
    assert done.stdout == "the answer\n"
    for noise in ("a library prints", "46% ", "a process prints"):
        assert noise in done.stderr


def test_an_error_is_one_line_and_keeps_its_fields() -> None:
    line = packed(ExportError("z.zip/orders.txt", "No date.\nNone.", "Write one.", 1234))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    error = unpacked(line)
    assert (type(error), error.file, error.line) == (ExportError, "z.zip/orders.txt", 1234)
