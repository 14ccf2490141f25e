"""Treadmill Data, RSC and heart rate measurements: known bytes, parts of a record, and bytes that are none of it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DecodeError
from monitor.sources import ftms, heart_rate, running_speed
from monitor.sources.companions import CompanionKind, recognise
from monitor.sources.gatt_fields import LONGEST_VALUE

DECODERS: list[Callable[[bytes], object]] = [
    ftms.decode,
    ftms.TreadmillRecords().push,
    ftms.tells_stop,
    running_speed.decode,
    heart_rate.decode,
]
NAN = math.nan


def values(data: ftms.TreadmillData) -> tuple[float, ...]:
    return data.speed_m_s, data.distance_m, data.inclination, data.ramp_deg


# ------------------------------------------------------------------ treadmills


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("0000 2004", (10.56 / 3.6, NAN, NAN, NAN)),  # speed alone
        ("0000 0000", (0.0, NAN, NAN, NAN)),  # a belt that stands is a number
        ("0000 ffff", (NAN, NAN, NAN, NAN)),
        # As a Horizon treadmill sent it at rest: distance, energy, elapsed time.
        ("8404 0000 000000 0000 0000 00 0000", (0.0, 0.0, NAN, NAN)),
        # Flags of a CITYSPORTS walking pad, with bit 13 (reserved; here steps) and two bytes more than the flags say.
        ("8424 2c01 0a0000 0500ffffff 3c00 5000 00", (3.0 / 3.6, 10.0, NAN, NAN)),
        ("0e00 e803 b004 a08601 1900 0e00", (10 / 3.6, 100_000.0, 0.025, 1.4)),
        ("0800 e803 e2ff ffff", (10 / 3.6, NAN, -0.03, -0.1)),  # downhill
        ("0800 e803 ff7f ff7f", (10 / 3.6, NAN, NAN, NAN)),  # incline not available
        ("0900 3200 1d00", (NAN, NAN, 0.05, 2.9)),  # the first part of a record: no speed
    ],
)
def test_known_treadmill_messages(message: str, expected: tuple[float, ...]) -> None:
    assert values(ftms.decode(bytes.fromhex(message))) == pytest.approx(expected, nan_ok=True)


def test_all_fields_of_the_specification_stand_behind_what_is_read() -> None:
    """The order of fields in Fitness Machine Service 1.0, all 13 flags set but 'More Data'."""
    message = struct.pack("<HHH", 0x1FFE, 1080, 900) + (5000).to_bytes(3, "little") + struct.pack("<hh", 40, 23)
    message += struct.pack("<HHBBHHBBBHHhh", 120, 30, 30, 25, 200, 600, 10, 140, 90, 1800, 60, -5, 250)
    assert values(ftms.decode(message)) == pytest.approx((3.0, 5000.0, 0.04, 2.3))


@pytest.mark.parametrize("message", ["", "00", "0000", "0000 20", "0400 2004 0000", "0800 2004 1900", "0900 1900"])
def test_a_treadmill_message_that_ends_early_is_refused(message: str) -> None:
    with pytest.raises(DecodeError, match="expected"):
        ftms.decode(bytes.fromhex(message))


@given(flags=st.integers(0, 15), end=st.integers(0, 20))
def test_every_cut_of_a_treadmill_message_is_refused(flags: int, end: int) -> None:
    widths = (0 if flags & 1 else 2) + (2 if flags & 2 else 0) + (3 if flags & 4 else 0) + (4 if flags & 8 else 0)
    message = bytes((flags, 0)) + b"\x01" * widths
    if end < len(message):
        with pytest.raises(DecodeError):
            ftms.decode(message[:end])
    else:
        ftms.decode(message)


def test_the_grade_comes_from_the_ramp_angle_where_no_inclination_is_told() -> None:
    assert ftms.decode(bytes.fromhex("0800 e803 ff7f 2d00")).grade == pytest.approx(math.tan(math.radians(4.5)))
    assert math.isnan(ftms.decode(bytes.fromhex("0800 e803 ff7f 8403")).grade), "90 degrees are no slope"
    assert math.isnan(ftms.decode(bytes.fromhex("0000 e803")).grade)


def test_a_record_in_two_parts_is_put_together() -> None:
    records = ftms.TreadmillRecords()
    for percent, kmh in ((1, 10), (2, 12)):
        assert records.push(struct.pack("<Hhh", 0x0009, 10 * percent, 0)) is None
        whole = records.push(struct.pack("<HH", 0x0000, 100 * kmh))
        assert whole is not None
        assert (whole.speed_m_s, whole.grade) == pytest.approx((kmh / 3.6, percent / 100))


def test_the_end_of_a_record_heard_first_is_a_record_with_what_it_tells() -> None:
    whole = ftms.TreadmillRecords().push(bytes.fromhex("0000 e803"))
    assert whole is not None
    assert whole.speed_m_s == pytest.approx(10 / 3.6)
    assert math.isnan(whole.grade)


def test_a_machine_that_always_promises_more_is_believed_what_it_tells() -> None:
    records = ftms.TreadmillRecords()
    told = [records.push(struct.pack("<Hhh", 0x0009, 10 * percent, 0)) for percent in range(4)]
    assert told[0] is None
    assert [round(record.grade, 3) for record in told[1:] if record] == [0.0, 0.01, 0.02]


def test_a_refused_part_leaves_the_record_as_it_was() -> None:
    records = ftms.TreadmillRecords()
    records.push(bytes.fromhex("0900 3200 1d00"))
    with pytest.raises(DecodeError):
        records.push(b"\x00")
    whole = records.push(bytes.fromhex("0000 e803"))
    assert whole is not None
    assert whole.grade == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("message", "stopped"), [("0201", True), ("0202", True), ("03", True), ("04", False), ("05e803", False)]
)
def test_the_machine_status_tells_a_stop(message: str, stopped: bool) -> None:
    assert ftms.tells_stop(bytes.fromhex(message)) is stopped


# ------------------------------------------------------------------ foot pods and hearts


@pytest.mark.parametrize(
    ("message", "speed_m_s", "cadence", "running", "stride_m", "distance_m"),
    [
        ("00 0000 00", 0.0, 0, False, NAN, NAN),
        ("04 4003 a5", 3.25, 165, True, NAN, NAN),
        ("03 8001 5a 4b00 10270000", 1.5, 90, False, 0.75, 1000.0),
        ("06 0003 b4 ffffffff", 3.0, 180, True, NAN, 429_496_729.5),
    ],
)
def test_known_foot_pod_messages(
    message: str, speed_m_s: float, cadence: int, running: bool, stride_m: float, distance_m: float
) -> None:
    got = running_speed.decode(bytes.fromhex(message))
    assert (got.cadence_per_min, got.running) == (cadence, running)
    assert (got.speed_m_s, got.stride_m, got.distance_m) == pytest.approx(
        (speed_m_s, stride_m, distance_m), nan_ok=True
    )


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("00 48", heart_rate.HeartBeat(72)),  # cannot tell contact: that is not the same as none
        ("02 48", heart_rate.HeartBeat(72)),
        ("04 00", heart_rate.HeartBeat(0, contact=False)),
        ("06 8e", heart_rate.HeartBeat(142, contact=True)),
        ("01 0401", heart_rate.HeartBeat(260)),
        ("16 3c 0004 0002", heart_rate.HeartBeat(60, True, None, (1.0, 0.5))),
        ("1f 3c00 e803 0004", heart_rate.HeartBeat(60, True, 1000, (1.0,))),
        ("10 3c", heart_rate.HeartBeat(60)),  # no beat since the last message
    ],
)
def test_known_heart_messages(message: str, expected: heart_rate.HeartBeat) -> None:
    assert heart_rate.decode(bytes.fromhex(message)) == expected


@pytest.mark.parametrize("message", ["", "00", "01 48", "08 48 00", "10 48 00", "10 48 0004 00"])
def test_a_heart_message_that_ends_early_is_refused(message: str) -> None:
    with pytest.raises(DecodeError):
        heart_rate.decode(bytes.fromhex(message))


@pytest.mark.parametrize("message", ["", "00", "00 00", "00 0000", "01 0000 00 00", "02 0000 00 000000"])
def test_a_foot_pod_message_that_ends_early_is_refused(message: str) -> None:
    with pytest.raises(DecodeError):
        running_speed.decode(bytes.fromhex(message))


# ------------------------------------------------------------------ anything at all


@pytest.mark.parametrize("decode", DECODERS)
@given(data=st.binary(max_size=40))
def test_any_bytes_are_decoded_or_refused(decode: Callable[[bytes], object], data: bytes) -> None:
    refused: DecodeError | None = None
    try:
        decode(data)
    except DecodeError as error:
        refused = error
    assert refused is None or 0 <= refused.offset <= len(data)


@pytest.mark.parametrize("decode", DECODERS)
def test_a_value_longer_than_any_can_be_is_refused(decode: Callable[[bytes], object]) -> None:
    with pytest.raises(DecodeError, match="at most 512"):
        decode(bytes(LONGEST_VALUE + 1))


@given(st.lists(st.binary(max_size=24), max_size=30))
def test_whatever_came_before_a_whole_message_is_understood(parts: list[bytes]) -> None:
    records = ftms.TreadmillRecords()
    for part in parts:
        try:
            records.push(part)
        except DecodeError:
            continue
    whole = records.push(bytes.fromhex("0800 e803 1900 0e00"))
    assert whole is not None
    assert (whole.speed_m_s, whole.grade) == pytest.approx((10 / 3.6, 0.025))


# ------------------------------------------------------------------ who announces what


@pytest.mark.parametrize(
    ("services", "announced", "expected"),
    [
        ([ftms.SERVICE.upper()], None, ["treadmill"]),
        ([ftms.SERVICE], bytes((1, 0x01, 0)), ["treadmill"]),
        ([], bytes((1, 0x01, 0)), ["treadmill"]),
        ([ftms.SERVICE], bytes((1, 0x20, 0)), []),  # a bike
        ([ftms.SERVICE], b"\x01", ["treadmill"]),  # cut short: it may be one
        ([running_speed.SERVICE, ftms.SERVICE], None, ["treadmill", "foot_pod"]),
        ([heart_rate.SERVICE], None, ["heart_strap"]),
        (["0000180f-0000-1000-8000-00805f9b34fb"], None, []),
    ],
)
def test_companions_are_recognised_by_what_they_announce(
    services: list[str], announced: bytes | None, expected: list[str]
) -> None:
    data = {} if announced is None else {ftms.SERVICE: announced}
    assert recognise(services, data) == tuple(CompanionKind(kind) for kind in expected)
