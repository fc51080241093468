"""The page that goes with a message: as HTML, or as PDF through a Chromium where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120


def pdf_of(page: Path, pdf: Path) -> str:
    """Print a page to a file; returns why that could not be done, '' where it was.

    Parameters
    ----------
    page : pathlib.Path
        An HTML page.
    pdf : pathlib.Path
        File to write.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return "there is no Chromium on this machine to print it"
    # Chromium refuses to run as root with its sandbox, as in most containers.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            *as_root,
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={pdf.absolute()}",
            page.absolute().as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        except subprocess.TimeoutExpired:
            return f"Chromium did not print it within {SECONDS} seconds"
        except (subprocess.CalledProcessError, OSError) as error:
            return f"Chromium could not print it ({type(error).__name__})"
    return "" if pdf.exists() and pdf.stat().st_size else "Chromium printed nothing"
