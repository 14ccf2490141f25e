"""Says on stderr what is being measured; stdout is the table's alone."""

from __future__ import annotations

import sys
import time

_STARTED_S = time.monotonic()


def say(words: str) -> None:
    """One line, with the minutes since the start."""
    past_s = int(time.monotonic() - _STARTED_S)
    print(f"{past_s // 60:3d}:{past_s % 60:02d}  {words}", file=sys.stderr, flush=True)
