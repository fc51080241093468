"""Real engines for the tests: Spark in this process's Java, a Postgres of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import ibis
import pytest


def cannot_run(why: str) -> NoReturn:
    """Skip with a reason; where a change is checked, a suite that does not run is a failure."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{why} make test-engines installs what is needed on Debian as root.")
    pytest.skip(why)


@pytest.fixture(scope="session")
def spark() -> Iterator[ibis.BaseBackend]:
    """PySpark in local mode, as it comes: ANSI mode is on."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        cannot_run(f"PySpark is not installed ({error}).")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        cannot_run("Spark needs Java, which is not found.")
    with tempfile.TemporaryDirectory() as place:
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", place)
            .config("spark.local.dir", place)
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield ibis.pyspark.connect(session)
        session.stop()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A Postgres of its own, on this computer alone; it is gone afterwards."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        cannot_run(f"Postgres's driver is not installed ({error}).")
    tools = _tools()
    # Postgres does not run as root; Debian's package brings a user for it.
    as_user = "postgres" if os.geteuid() == 0 else None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        if as_user:
            shutil.chown(place, as_user)

        def run(tool: str, *words: str) -> None:
            done = subprocess.run(
                [str(tools / tool), "-D", f"{place}/data", *words],
                cwd=place,
                user=as_user,
                group=as_user,
                extra_groups=None if as_user is None else [],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stderr

        run("initdb", "-U", "reader", "-A", "trust", "-E", "UTF8")
        settings = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-o", settings, "-l", f"{place}/log", "-w", "start")
        try:
            yield f"postgres://reader@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")


def _tools() -> Path:
    """The folder of Postgres's own programs, which Debian keeps off the path."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        cannot_run("Postgres is not installed.")
    return versions[-1].parent
