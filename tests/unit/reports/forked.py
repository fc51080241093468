"""What the tests have a forked process do."""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import numpy


def print_number() -> None:
    print(os.getpid(), os.getppid(), os.getsid(0))


def print_threads_of_parent() -> None:
    print(len(os.listdir(f"/proc/{os.getppid()}/task")))


def print_modules() -> None:
    print(*sorted(sys.modules))


def print_draws() -> None:
    print(random.random(), numpy.random.random())


def echo() -> None:
    print(sys.stdin.readline().upper(), end="")
    print("beside", file=sys.stderr)


def end_with_seven() -> None:
    raise SystemExit(7)


def fail() -> None:
    raise ZeroDivisionError("no such thing")


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep() -> None:
    print("asleep", flush=True)
    time.sleep(600)
