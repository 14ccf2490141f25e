"""Foot pods by the Running Speed and Cadence Service of the Bluetooth SIG: bytes to values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.sources.gatt_fields import Fields, uuid16

SERVICE = uuid16(0x1814)
MEASUREMENT = uuid16(0x2A53)

_STRIDE, _DISTANCE, _RUNNING = 1 << 0, 1 << 1, 1 << 2


@dataclass(frozen=True, slots=True)
class RunningSpeed:
    """One measurement; NaN for what it does not tell.

    `cadence_per_min` is in steps by the specification; some pods count strides, so it is told but not used.
    """

    speed_m_s: float
    cadence_per_min: int
    running: bool
    """As the pod judges; False = walking, or a pod that does not judge."""
    stride_m: float = math.nan
    distance_m: float = math.nan


def decode(data: bytes) -> RunningSpeed:
    """A notification of the RSC Measurement. Raises DecodeError where it is shorter than its flags say."""
    fields = Fields(data)
    flags = fields.unsigned(1, "flags")
    speed_m_s = fields.unsigned(2, "speed") / 256
    cadence = fields.unsigned(1, "cadence")
    stride_m = fields.unsigned(2, "stride length") / 100 if flags & _STRIDE else math.nan
    distance_m = fields.unsigned(4, "distance") / 10 if flags & _DISTANCE else math.nan
    return RunningSpeed(speed_m_s, cadence, bool(flags & _RUNNING), stride_m, distance_m)
