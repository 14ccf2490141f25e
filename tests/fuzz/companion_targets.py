"""Values of the Bluetooth SIG's services: treadmill, foot pod, heart strap; and a sensor's description of itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

from monitor.sensors import scheme
from monitor.sensors.imu_layout import imu_layout
from monitor.sources import companions, ftms, heart_rate, running_speed
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.shared_vectors import frames, frames_of
from tests.fuzz.taking import Taking, strung


def companion_targets() -> Iterator[Target]:
    """One target for each value."""
    yield Target("sig:treadmill", _treadmill, lambda: _seeds(ftms.TREADMILL_DATA), longest=600)
    yield Target("sig:running-speed", _running_speed, lambda: _seeds(running_speed.MEASUREMENT), longest=600)
    yield Target("sig:heart-rate", _heart_rate, lambda: _seeds(heart_rate.MEASUREMENT), longest=600)
    yield Target("sig:announced", _announced, lambda: [strung(b"\x00\x01\x00"), strung(b"\x01")], longest=100)
    yield Target("scheme", _scheme, _schemes, longest=5000, memory=4 << 20)


def _seeds(characteristic: str) -> list[bytes]:
    known = frames_of(characteristic)
    return [strung(data) for data in known] + [strung(*known[:5])]


def _schemes() -> list[bytes]:
    made = [scheme.DIY, scheme.DIY_I16, scheme.diy_scheme(3, "g/2 max 16", "rad/s/9.5 max 2.5")]
    return [scheme.encode(s) for s in made] + [data for _, data in frames() if len(data) > 40]


def _within(value: float, low: float, high: float, what: str) -> None:
    promise(math.isnan(value) or low <= value <= high, f"{what} of {value}")


def _treadmill(data: bytes) -> None:
    """Parts put together say nothing that no part said, and the same bytes say the same."""
    records, again = ftms.TreadmillRecords(), ftms.TreadmillRecords()
    for part in Taking(data).strings():
        ftms.may_be_treadmill(part)
        ftms.tells_stop(part or b"\0")
        whole = records.push(part)
        other = again.push(part)
        promise((whole is None) == (other is None) and repr(whole) == repr(other), "the same bytes say something else")
        if whole is not None:
            _within(whole.speed_m_s, 0, 0xFFFF / 360, "a speed")
            _within(whole.distance_m, 0, 1 << 24, "a distance")
            _within(whole.inclination, -32.768, 32.767, "an inclination")
            _within(whole.grade, -6000, 6000, "a grade")


def _running_speed(data: bytes) -> None:
    for part in Taking(data).strings():
        told = running_speed.decode(part)
        _within(told.speed_m_s, 0, 256, "a speed")
        _within(told.stride_m, 0, 656, "a stride")
        _within(told.distance_m, 0, 1 << 29, "a distance")
        promise(0 <= told.cadence_per_min <= 255, "a cadence")


def _heart_rate(data: bytes) -> None:
    for part in Taking(data).strings():
        told = heart_rate.decode(part)
        promise(0 <= told.bpm <= 0xFFFF, "a heart rate")
        promise(len(told.intervals_s) <= len(part) // 2, "more beats than bytes")
        promise(all(0 <= beat < 64 for beat in told.intervals_s), "a beat interval")


def _announced(data: bytes) -> None:
    parts = Taking(data).strings()
    names = [companions.PROFILES[kind].service for kind in companions.CompanionKind]
    details = dict(zip(names, parts, strict=False))
    found = companions.recognise([part.decode("latin-1") for part in parts], details)
    promise(len(set(found)) == len(found), "a device of one kind twice")


def _scheme(data: bytes) -> None:
    """What was read is written back and read again as the same; an IMU in it has usable scales."""
    read = scheme.parse(data)
    promise(1 <= len(read.components) <= scheme.MAX_COMPONENTS, "components without bound")
    if read.rates_hz:
        promise(read.default < len(read.rates_hz) and read.streamed < len(read.rates_hz), "a rate that is not there")
    promise(scheme.parse(scheme.encode(read)) == read, "written back, it reads otherwise")
    layout = imu_layout(read)
    for axes in (layout.acc, layout.gyr):
        if axes is not None:
            promise(all(math.isfinite(f) and f > 0 for f in axes.factor.tolist()), "a scale of nothing or of infinity")
