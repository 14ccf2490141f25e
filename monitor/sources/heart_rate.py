"""Heart straps and watches by the Heart Rate Service of the Bluetooth SIG: bytes to values."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.sources.gatt_fields import Fields, uuid16

SERVICE = uuid16(0x180D)
MEASUREMENT = uuid16(0x2A37)

_WIDE, _CONTACT, _KNOWS_CONTACT, _ENERGY, _INTERVALS = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4


@dataclass(frozen=True, slots=True)
class HeartBeat:
    """One measurement.

    `contact`: whether the strap feels skin; None where it cannot tell (which is not the same as no skin).
    `energy_kj`: since the strap's reset, None where not told. `intervals_s`: between the beats since the last
    measurement, oldest first.
    """

    bpm: int
    contact: bool | None = None
    energy_kj: int | None = None
    intervals_s: tuple[float, ...] = ()


def decode(data: bytes) -> HeartBeat:
    """A notification of the Heart Rate Measurement. Raises DecodeError where it is shorter than its flags say."""
    fields = Fields(data)
    flags = fields.unsigned(1, "flags")
    bpm = fields.unsigned(2 if flags & _WIDE else 1, "heart rate")
    contact = bool(flags & _CONTACT) if flags & _KNOWS_CONTACT else None
    energy_kj = fields.unsigned(2, "energy") if flags & _ENERGY else None
    intervals: list[float] = []
    while flags & _INTERVALS and fields.left:
        intervals.append(fields.unsigned(2, "beat interval") / 1024)
    return HeartBeat(bpm, contact, energy_kj, tuple(intervals))
