"""What a run consists of once it has been seen: the steps from which a pipeline judges it, in order.

No setting has a part in them, so a pipeline with other limits makes of the same steps exactly what it would have made
of the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from monitor.alerts.judge import Sighting
from monitor.values import Control, ReZero, SensorInfo


@dataclass(frozen=True, slots=True)
class Joined:
    """A sensor was made known."""

    info: SensorInfo


@dataclass(frozen=True, slots=True)
class Begun:
    """The log time of the run's first sample became known."""

    origin_ns: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a grid block of a sensor showed."""

    sensor: str
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class ReZeroed:
    """What came of a re-zero: the words for the log ('' for none), and the sensors whose neutral is a new one."""

    entry: ReZero
    label: str
    sensors: tuple[str, ...]


class Pause(Enum):
    """A stretch between two control entries is complete: its turns are decided now."""

    DECIDE = "decide"


Step: TypeAlias = Joined | Begun | Seen | ReZeroed | Pause | Control
"""What a pipeline goes through besides settings: all that `judge_again` needs, in order. Never a bare `ReZero`."""
