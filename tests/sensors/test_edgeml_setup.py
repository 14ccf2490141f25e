"""OpenEarable v1 and EdgeML boards: descriptions good and hostile, and the set-up that follows from them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_streams import answered, block

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Read, Write
from monitor.sensors.edgeml import CONFIG, FAMILY, OPEN_EARABLE_1, SCHEME, XIAO, EdgeMlDecoder, config_write
from monitor.sensors.scheme import F32, Component, Scheme, encode_list, parse_list

EAR = encode_list(OPEN_EARABLE_1)
BOARD = encode_list(XIAO)


# ------------------------------------------------------------------ description


def test_lists_of_sensors_go_round() -> None:
    for sensors in (OPEN_EARABLE_1, XIAO):
        plain = parse_list(encode_list(sensors))
        assert [(each.sensor_id, each.name, each.components) for each in plain] == [
            (each.sensor_id, each.name, each.components) for each in sensors
        ]
        assert parse_list(encode_list(sensors) + b"more") == plain


@pytest.mark.parametrize(
    ("data", "offset", "expected"),
    [
        (b"", 0, "a sensor count"),
        (b"\x00", 0, "1 to 64 sensors"),
        (b"\xff" + BOARD[1:], 0, "1 to 64 sensors"),
        (b"\x03" + BOARD[1:], len(BOARD), "a sensor id"),
        (BOARD[:-1], len(BOARD) - 3, "a unit"),
        (b"\x02" + 2 * encode_list(XIAO[:1])[1:], 34, "a sensor id of its own"),
        (bytes(5000), 4096, "at most 4096 bytes"),
    ],
)
def test_lists_that_do_not_fit(data: bytes, offset: int, expected: str) -> None:
    with pytest.raises(DecodeError) as refused:
        parse_list(data)
    assert refused.value.offset == offset
    assert expected in refused.value.expected


@pytest.mark.parametrize(
    ("sensors", "expected"),
    [
        (XIAO[:1], "angular rate"),
        (XIAO[1:], "acceleration"),
        ((Scheme(0, "ACC", (Component(2, "ACC", "X", "g"),) * 3), XIAO[1]), "scale"),
        ((Scheme(3, "T", (Component(F32, "T", "T", "°C"),)),), "acceleration"),
    ],
)
def test_a_device_without_a_whole_imu_is_refused(sensors: Sequence[Scheme], expected: str) -> None:
    with pytest.raises(DecodeError, match=expected):
        EdgeMlDecoder(encode_list(sensors))
    with pytest.raises(SensorSetupError, match="reading its description failed"):
        answered(FAMILY.start(50), encode_list(sensors))


@given(st.binary(max_size=300) | st.tuples(st.integers(0, len(EAR) - 1), st.integers(0, 255)).map(
    lambda change: EAR[: change[0]] + bytes((change[1],)) + EAR[change[0] + 1 :]
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_description_is_read_or_refused(data: bytes) -> None:
    try:
        decoder = EdgeMlDecoder(data)
    except DecodeError as error:
        refused = error
    else:
        assert len(decoder.push(block([b"\x00", b""])).errors) == 2
        return
    assert refused.expected
    assert refused.got


# ------------------------------------------------------------------ set-up


@pytest.mark.parametrize(("asked", "hz", "rate"), [(25, 50, 1000 / 21), (50, 50, 1000 / 21), (100, 100, 1000 / 11)])
def test_start_sets_both_sensors_of_a_board(asked: float, hz: float, rate: float) -> None:
    steps, setup = answered(FAMILY.start(asked), BOARD)
    assert steps == [Read(SCHEME), Write(CONFIG, config_write(0, hz)), Write(CONFIG, config_write(1, hz))]
    assert (setup.config, setup.rate_hz) == (BOARD, pytest.approx(rate))
    FAMILY.decoder(setup.config)


def test_start_asks_openearable_1_for_no_more_than_50_hz() -> None:
    steps, setup = answered(FAMILY.start(100), EAR)
    assert steps == [Read(SCHEME), Write(CONFIG, config_write(0, 50))]
    assert setup.rate_hz == pytest.approx(47.62, abs=0.01)


@pytest.mark.parametrize(("config", "ids"), [(EAR, (0,)), (BOARD, (0, 1))])
def test_stop_names_only_sensors_that_are_there(config: bytes, ids: tuple[int, ...]) -> None:
    """The firmware takes any number for an index into its table."""
    steps, _ = answered(FAMILY.stop(), config)
    assert steps == [Read(SCHEME), *(Write(CONFIG, config_write(each, 0)) for each in ids)]
