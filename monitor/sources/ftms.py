"""Treadmills by the Fitness Machine Service 1.0 of the Bluetooth SIG, read only: belt speed and incline.

A record of Treadmill Data may come in several notifications: all but the last have the flag 'More Data' set, and the
speed is in the one without it. What stands behind the ramp angle (elevation, pace, energy, heart rate, times, force)
is of no use here and machines disagree on its layout, so it is neither read nor judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.sources.gatt_fields import Fields, uuid16

SERVICE = uuid16(0x1826)
TREADMILL_DATA = uuid16(0x2ACD)
MACHINE_STATUS = uuid16(0x2ADA)

_MORE_DATA, _AVERAGE_SPEED, _DISTANCE, _INCLINATION = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_NO_ANGLE = 0x7FFF
_NO_SPEED = 0xFFFF
_STOPPED_BY_USER, _STOPPED_BY_SAFETY_KEY = 0x02, 0x03
_TREADMILL_TYPE = 1 << 0


@dataclass(frozen=True, slots=True)
class TreadmillData:
    """One notification, or a record put together from several; NaN for what it does not tell.

    `inclination` is rise over run, uphill positive; `ramp_deg` the angle of the deck, for machines that tell only
    that. `distance_m` is counted since the machine's start. `more`: the rest of the record is still to come.
    """

    speed_m_s: float = math.nan
    distance_m: float = math.nan
    inclination: float = math.nan
    ramp_deg: float = math.nan
    more: bool = False

    @property
    def grade(self) -> float:
        """Rise over run, from the inclination or else from the ramp angle; NaN where neither is known."""
        return self.inclination if math.isfinite(self.inclination) else math.tan(math.radians(self.ramp_deg))

    def repeats(self, earlier: TreadmillData) -> bool:
        """Tells something that `earlier` told too, so both cannot be parts of one record."""
        return any(math.isfinite(a) and math.isfinite(b) for a, b in zip(self._known(), earlier._known(), strict=True))

    def completing(self, earlier: TreadmillData) -> TreadmillData:
        """This part together with what came before it; of what both tell, this part's."""
        speed, distance, inclination, ramp = (
            b if math.isnan(a) else a for a, b in zip(self._known(), earlier._known(), strict=True)
        )
        return TreadmillData(speed, distance, inclination, ramp, self.more)

    def _known(self) -> tuple[float, float, float, float]:
        return self.speed_m_s, self.distance_m, self.inclination, self.ramp_deg


def decode(data: bytes) -> TreadmillData:
    """One notification of Treadmill Data. Raises DecodeError where it ends before the ramp angle that it promises."""
    fields = Fields(data)
    flags = fields.unsigned(2, "flags")
    speed_m_s = distance_m = inclination = ramp_deg = math.nan
    if not flags & _MORE_DATA:
        raw = fields.unsigned(2, "speed")
        speed_m_s = math.nan if raw == _NO_SPEED else raw / 360  # from 0.01 km/h
    if flags & _AVERAGE_SPEED:
        fields.unsigned(2, "average speed")
    if flags & _DISTANCE:
        distance_m = float(fields.unsigned(3, "distance"))
    if flags & _INCLINATION:
        inclination = _angle(fields.signed(2, "inclination")) / 100
        ramp_deg = _angle(fields.signed(2, "ramp angle"))
        if abs(ramp_deg) >= 90:
            ramp_deg = math.nan  # no slope has its tangent
    return TreadmillData(speed_m_s, distance_m, inclination, ramp_deg, more=bool(flags & _MORE_DATA))


def _angle(raw: int) -> float:
    return math.nan if raw == _NO_ANGLE else raw / 10


class TreadmillRecords:
    """Puts the parts of a record together."""

    def __init__(self) -> None:
        self._begun = TreadmillData()

    def push(self, data: bytes) -> TreadmillData | None:
        """The record that this notification completes, if any. Raises DecodeError.

        A part that tells anew what an earlier one told begins a new record: the end of the old one was lost, or this
        machine never sends one, so the old one is given as it is.
        """
        part = decode(data)
        if not part.more:
            whole, self._begun = part.completing(self._begun), TreadmillData()
            return whole
        if part.repeats(self._begun):
            old, self._begun = self._begun, part
            return old
        self._begun = part.completing(self._begun)
        return None


def tells_stop(data: bytes) -> bool:
    """Whether a notification of Machine Status says that the belt was stopped or paused. Raises DecodeError."""
    return Fields(data).unsigned(1, "status") in (_STOPPED_BY_USER, _STOPPED_BY_SAFETY_KEY)


def may_be_treadmill(announced: bytes | None) -> bool:
    """Whether what a fitness machine announces (its service data, None where it has none) allows a treadmill.

    The service is that of bikes and rowers too; many treadmills announce no kind at all.
    """
    return announced is None or len(announced) < 3 or bool(announced[1] & _TREADMILL_TYPE)
