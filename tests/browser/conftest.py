"""A real Chromium, found on this machine, and a real JupyterLab for it to open."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import matplotlib
import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

CHECKOUT = Path(__file__).parents[2]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
"""What one buyer of the laboratory's seller wrote; the sample has the first half of it."""

SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


def chromium_path() -> str:
    """Path of a Chromium; without one the test is skipped, or fails where CI=true."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _not_run(
        f"no Chromium on this machine (looked for {', '.join(NAMES)}), so no page was opened"
    )


def _not_run(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


# Browser, server and kernels end with the file that uses them: idle ones would take their share of
# the machine from all the tests that follow.


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a file; each opens pages of its own."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Lab:
    """A server on copies of the notebooks and the sample."""

    address: str
    token: str
    home: Path

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def url(self, notebook: str) -> str:
        """Where a notebook opens, in a workspace of its own."""
        path = f"lab/workspaces/{notebook}/tree/notebooks/{notebook}.ipynb"
        return f"{self.address}/{path}?token={self.token}"


@pytest.fixture(scope="module")
def lab(
    chromium: Browser, own_cache: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """JupyterLab as ``make lab`` starts it, away from this user's settings and the network.

    It needs `chromium` only in order: without a browser no server is started.
    """
    with serving_lab(tmp_path_factory.mktemp("lab")) as made:
        yield made


@contextmanager
def serving_lab(home: Path) -> Iterator[Lab]:
    """JupyterLab on copies of notebooks and sample in a folder, with no settings but its own."""
    port = _free_port()
    made = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), home)
    command = [
        # Not "jupyter lab", which takes the first of that name on the PATH.
        *(sys.executable, "-m", "jupyterlab"),
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={_workplace(home / 'work')}",
        f"--IdentityProvider.token={made.token}",
        # Nothing is asked of the network: no list of extensions, no news, no newer version.
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # window.jupyterapp, to read what the cells hold.
        "--expose-app-in-browser",
    ]
    with _serving(command, _environment(home), port, made.log):
        yield made


@pytest.fixture(scope="module")
def dashboard(
    chromium: Browser, own_cache: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """Voila as ``make dashboard`` starts it, on a copy of the notebook."""
    if importlib.util.find_spec("voila") is None:
        _not_run("Voila is not installed, so no dashboard was opened")
    home = tmp_path_factory.mktemp("dashboard")
    port = _free_port()
    made = Lab(f"http://127.0.0.1:{port}", "", home)
    recipe = (CHECKOUT / "Makefile").read_text("utf-8").partition("\ndashboard:")[2]
    settings = re.findall(r"--[A-Za-z][\w.]*=[\w.@/-]+", recipe.partition("\n\n")[0])
    notebook = _workplace(home / "work") / "notebooks" / "04-what-if.ipynb"
    command = [
        *(sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"),
        *(setting for setting in settings if "theme=" not in setting),
    ]
    environment = _environment(home) | {"JUPYTER_PATH": str(CHECKOUT / "dashboard")}
    with _serving(command, environment, port, made.log):
        yield made


@contextmanager
def _serving(command: list[str], environment: dict[str, str], port: int, out: Path):
    with out.open("wb") as log:
        server = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait_for(server, port, out)
        yield
    finally:
        # The server ends its kernels when asked to stop; were it killed, they would notice. What
        # follows need not wait for that.
        server.send_signal(signal.SIGTERM)
        _stopping.append(server)


_stopping: list[subprocess.Popen[bytes]] = []


def until_stopped() -> None:
    """Wait for every server that was asked to stop."""
    while _stopping:
        server = _stopping.pop()
        try:
            server.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session", autouse=True)
def _none_is_left() -> Iterator[None]:
    yield
    until_stopped()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """The server's own log stands under a failed test that used it."""
    report = yield
    for name in ("lab", "dashboard"):
        made = getattr(item, "funcargs", {}).get(name)
        if report.failed and made is not None:
            report.sections.append((f"log of the {name}", _end_of(made.log)))
    return report


def _workplace(work: Path) -> Path:
    """Notebooks and sample, as in a checkout; one comment is made more hostile."""
    shutil.copytree(
        CHECKOUT / "notebooks", work / "notebooks", ignore=shutil.ignore_patterns(".ipynb_*")
    )
    sample = shutil.copytree(CHECKOUT / "data" / "sample", work / "data" / "sample")
    script = HOSTILE[: HOSTILE.index("<img")].encode()
    (feedback,) = [f for f in sample.glob("export-*.txt") if script in f.read_bytes()]
    feedback.write_bytes(feedback.read_bytes().replace(script, HOSTILE.encode()))
    return work


def _environment(home: Path) -> dict[str, str]:
    """This user's settings out of reach; kernels are found beside the Python that runs this."""
    ours = ("JUPYTER", "IPYTHON", "XDG_", "MPL")
    settings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    places = {
        "HOME": "home",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    for name, place in places.items():
        (home / place).mkdir()
        settings[name] = str(home / place)
    # Only its list of fonts is there, which takes seconds to make.
    settings["MPLCONFIGDIR"] = matplotlib.get_cachedir()
    overrides = home / "config" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir()
    overrides.write_text(
        '{"@jupyterlab/apputils-extension:notification":'
        ' {"fetchNews": "false", "checkForUpdates": false}}',
        "utf-8",
    )
    return settings


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-60:])
