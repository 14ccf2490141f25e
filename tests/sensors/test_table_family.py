"""Imported tables as notifications: rows, missing gyroscope, cut and bad rows."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block, in_blocks

from monitor.errors import SensorSetupError
from monitor.sensors.base import DeviceClock
from monitor.sensors.table import ACCELEROMETER_FAMILY, FAMILY, TableDecoder, encode_rows

T_NS = np.array([0, 10_000_000, 20_500_000], np.int64)
ACC = np.array([[0.0, 0.0, 9.8], [1.0, 2.0, 3.0], [-4.0, 5.0, -6.0]])
GYR = np.array([[0.1, 0.2, 0.3], [1.0, -1.0, 0.0], [0.0, 0.0, 2.0]])


def row(t_ns: int, *numbers: float) -> bytes:
    return struct.pack("<q6d", t_ns, *numbers)


def test_rows_come_back_exactly() -> None:
    data = encode_rows(T_NS, ACC, GYR)
    assert data[:56] == row(0, 0.0, 0.0, 9.8, 0.1, 0.2, 0.3)
    samples = TableDecoder().push(block([data[:112], data[112:]])).samples
    assert samples.tick is not None
    assert samples.tick.tolist() == T_NS.tolist()
    assert samples.acc.tobytes() == ACC.tobytes()
    assert samples.gyr.tobytes() == GYR.tobytes()
    assert samples.arrival_ns.tolist() == [1000, 1000, 2000]
    assert not samples.clipped.any()


def test_a_table_without_a_gyroscope() -> None:
    decoded = ACCELEROMETER_FAMILY.decoder(b"").push(block([encode_rows(T_NS, ACC)]))
    assert np.isnan(decoded.samples.gyr).all()
    assert len(decoded.samples) == 3
    assert decoded.errors == ()


def test_where_angular_rates_are_promised_a_row_without_is_a_gap() -> None:
    holed = GYR.copy()
    holed[1] = math.nan
    decoded = FAMILY.decoder(b"").push(block([encode_rows(T_NS, ACC, holed)]))
    assert decoded.samples.acc.tolist() == ACC[[0, 2]].tolist()
    assert [(e.offset, e.expected) for e in decoded.errors] == [(56, "a row an IMU can measure")]


def test_a_cut_row_is_reported_and_whole_ones_kept() -> None:
    data = encode_rows(T_NS, ACC, GYR)
    decoded = TableDecoder().push(block([data[:60], b"", data[56:112], b"x"]))
    assert decoded.samples.acc.tolist() == ACC[:2].tolist()
    assert decoded.samples.arrival_ns.tolist() == [1000, 3000]
    assert [(e.offset, e.expected, e.got) for e in decoded.errors] == [
        (56, "a row of 56 bytes", "4 bytes"),
        (0, "a row of 56 bytes", "1 bytes"),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        row(1, math.nan, 0, 0, 0, 0, 0),
        row(1, 0, math.inf, 0, 0, 0, 0),
        row(1, 0, 0, 1e9, 0, 0, 0),
        row(1, 0, 0, 0, math.nan, 0, 0),
        row(1, 0, 0, 0, 0, 0, -math.inf),
        row(2**62, 0, 0, 0, 0, 0, 0),
        row(-(2**63), 0, 0, 0, 0, 0, 0),
    ],
)
def test_rows_no_imu_can_measure_are_left_out(bad: bytes) -> None:
    good = encode_rows(T_NS, ACC, GYR)
    decoded = TableDecoder().push(block([good, good + bad + bad + good[:56], bad]))
    assert len(decoded.samples) == 7
    assert [(e.offset, e.got) for e in decoded.errors] == [(168, "other numbers"), (0, "other numbers")]


@given(st.lists(st.one_of(st.binary(max_size=130), st.binary(min_size=112, max_size=112)), min_size=1, max_size=9))
@settings(max_examples=300, deadline=None)
def test_any_bytes_and_any_grouping(payloads: list[bytes]) -> None:
    one, seven, whole = (in_blocks(TableDecoder(), payloads, size) for size in (1, 7, len(payloads)))
    assert one == seven == whole
    decoded = TableDecoder().push(block(payloads))
    assert np.isfinite(decoded.samples.acc).all()
    for error in decoded.errors:
        assert 0 <= error.offset < max(map(len, payloads))


def test_a_table_is_not_connected_to() -> None:
    with pytest.raises(SensorSetupError, match="no radio"):
        answered(FAMILY.start(100))
    assert FAMILY.clock == DeviceClock(1, 0)
    assert FAMILY.service == FAMILY.data == ""
    assert FAMILY.name_prefixes == ()
    assert FAMILY.read_battery is None


def test_a_table_of_accelerations_alone_is_its_own_family() -> None:
    assert (ACCELEROMETER_FAMILY.has_gyro, FAMILY.has_gyro) == (False, True)
    assert FAMILY.exact_clock
    assert ACCELEROMETER_FAMILY.exact_clock
