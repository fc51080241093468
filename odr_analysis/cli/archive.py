"""``odr archive``: a dated snapshot of a folder, kept in an archive."""

from __future__ import annotations

from pathlib import Path

import click

from odr_analysis import clock
from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import AsOf, Place, reading_options, say, with_options
from odr_analysis.cli.support.progress import steps


@click.command()
@click.argument("folder", type=Place())
@click.option(
    "--into",
    "store",
    type=Place(),
    required=True,
    help="The archive of this account; a new or empty folder becomes one.",
)
@click.option(
    "--on",
    type=AsOf(),
    default="today",
    show_default=True,
    help="Day the files were known (ISO date), usually that of their download.",
)
@with_options(reading_options[:2])
@plain_errors
def archive(
    folder: Path, store: Path, on: str, marketplace: str | None, memory_limit: str | None
) -> None:
    """Keep what the exports in FOLDER say, as it is known on a day.

    An archive can be read wherever exports can: odr report STORE, odr load STORE.
    """
    from odr_analysis.archive.deliver import archive_folder

    done = archive_folder(
        folder,
        store,
        on,
        marketplace=marketplace,
        memory_limit=memory_limit,
        today=clock.today(),
        progress=steps(),
    )
    say("\n".join(done.lines()))
