"""A line for cron."""

from __future__ import annotations

import shlex

from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe

FILE = "odr.crontab"


def cron_recipe(run: DailyRun) -> Recipe:
    """A crontab line that runs the batch.

    Notes
    -----
    cron hands the line to ``sh``, and before that takes ``%`` for a line break unless a backslash
    stands before it, within quotes too.
    """
    command = shlex.join([str(run.odr), *run.arguments()]).replace("%", r"\%")
    variables = "".join(f"# {name}=...\n" for name in run.variables())
    needed = f"# Set before the line, where cron finds it:\n{variables}" if variables else ""
    text = (
        f"# ODR reports of all accounts every day at {run.time} by this computer's clock\n"
        f"# ({run.timezone}). cron mails what is printed to this user, or to MAILTO.\n"
        f"{needed}{run.cron} {command}\n"
    )
    return Recipe(
        {FILE: text},
        (
            "Add the line to your crontab: crontab -e",
            *run.roles(),
            f"cron runs it at {run.time} by this computer's clock ({run.timezone}); a computer "
            "that is off then misses the day, where a systemd timer makes up for it.",
        ),
    )
