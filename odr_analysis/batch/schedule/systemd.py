"""A service and a timer for systemd."""

from __future__ import annotations

from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe

SERVICE, TIMER = "odr-batch.service", "odr-batch.timer"


def systemd_recipe(run: DailyRun) -> Recipe:
    """A service that runs the batch, and a timer that starts it.

    Notes
    -----
    ``Persistent=true`` starts a run that was missed while the computer was off, once it is on.
    """
    # env looks the command up as it stands; systemd does not replace $$ in the first word.
    command = " ".join(["/usr/bin/env", *map(quoted, [str(run.odr), *run.arguments()])])
    secrets = run.variables()
    environment = f"EnvironmentFile={run.accounts.parent}/odr.env\n" if secrets else ""
    environment = environment.replace("%", "%%")
    service = (
        "[Unit]\n"
        "Description=ODR reports of all accounts\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"{environment}"
        f"ExecStart={command}\n"
        "Nice=10\n"
    )
    timer = (
        "[Unit]\n"
        f"Description=ODR reports of all accounts every day at {run.time} {run.timezone}\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar=*-*-* {run.time}:00 {run.timezone}\n"
        "Persistent=true\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )
    lines = ", ".join(f"{name}=..." for name in secrets)
    place = f"{run.accounts.parent}/odr.env"
    return Recipe(
        {SERVICE: service, TIMER: timer},
        (
            "Put both files into ~/.config/systemd/user/",
            *([f"Write {place}, readable by you alone: {lines}"] * bool(lines)),
            *run.roles(),
            f"systemctl --user daemon-reload && systemctl --user enable --now {TIMER}",
            "loginctl enable-linger, so that it also runs while you are not logged in",
            f"systemctl --user list-timers {TIMER} shows the next run; journalctl --user -u "
            f"{SERVICE} shows what it printed.",
        ),
    )


def quoted(word: str) -> str:
    r"""A word of ``ExecStart`` that systemd leaves as it is.

    >>> print(quoted('50% of "$HOME"\\'))
    "50%% of \"$$HOME\"\\"
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped.replace("%", "%%").replace("$", "$$")}"'
