"""The computer's clock: a run is matched with a watch's file by the time of day."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from monitor.doctor.child import tool
from monitor.doctor.finding import Finding, State

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this program was written: such a clock has never been set, as on a board without a battery."""

_TOPIC = "Clock"
_SET = {
    "linux": "sudo timedatectl set-ntp true",
    "darwin": "System Settings > General > Date & Time: set time automatically",
    "win32": "Settings > Time & language > Date & time: set time automatically",
}


def check_clock(now: datetime, synchronised: bool | None, platform: str) -> list[Finding]:
    """Whether the clock can be right; nothing where that is so, or where it cannot be told (`synchronised` None)."""
    remedy = _SET.get(platform, _SET["linux"])
    if now < EARLIEST:
        sentence = f"The clock says {now:%Y-%m-%d}: runs get a wrong date, and match no watch."
        return [Finding(_TOPIC, State.WARNING, sentence, remedy)]
    if synchronised is False:
        sentence = "The clock is not set by the network: matching a run with your watch takes longer to find out."
        return [Finding(_TOPIC, State.WARNING, sentence, remedy)]
    return [Finding(_TOPIC, State.OK, "The clock is set by the network.")] if synchronised else []


def is_synchronised(text: str) -> bool | None:
    """What `timedatectl show --property=NTPSynchronized` says; None where it says nothing."""
    return {"NTPSynchronized=yes": True, "NTPSynchronized=no": False}.get(text.strip())


def findings() -> list[Finding]:
    """The clock of this computer; whether it is set by the network is only told by Linux."""
    system: str = sys.platform
    asked = system.startswith("linux")
    said = tool("timedatectl", "show", "--property=NTPSynchronized", seconds=2.0) if asked else ""
    return check_clock(datetime.fromtimestamp(time.time(), UTC), is_synchronised(said), system)
