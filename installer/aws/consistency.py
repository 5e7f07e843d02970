"""IAM is eventually consistent: one read proves nothing. Nothing is declared before several reads in a row agree.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from collections.abc import Callable
from typing import TypeVar

from installer.context import Context

Reading = TypeVar("Reading")

IN_A_ROW = 2
ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0


def until(
    ctx: Context,
    read: Callable[[], Reading],
    holds: Callable[[Reading], bool],
    *,
    in_a_row: int = IN_A_ROW,
    attempts: int = ATTEMPTS,
) -> tuple[Reading, bool]:
    """Read until `holds` is true `in_a_row` times, at most `attempts` times; the last reading, and whether it held.

    With the defaults, and AWS disagreeing all the time, this takes about 45 seconds.
    """
    agreed = 0
    pause = FIRST_PAUSE_SECONDS
    while True:
        reading = read()
        attempts -= 1
        agreed = agreed + 1 if holds(reading) else 0
        if agreed >= in_a_row or attempts <= 0:
            return reading, agreed >= in_a_row
        ctx.sleep(pause)
        pause = pause if agreed else min(pause * 1.7, LONGEST_PAUSE_SECONDS)
