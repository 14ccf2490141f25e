"""Scheme bytes and unit strings: round trips, scales, hostile descriptions."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import DecodeError
from monitor.sensors.imu_layout import imu_layout
from monitor.sensors.scheme import (
    DIY,
    DIY_I16,
    F32,
    FREQUENCIES,
    I16,
    MAX_COMPONENTS,
    Component,
    Scheme,
    diy_scheme,
    encode,
    parse,
    quantity,
)
from monitor.values import STANDARD_GRAVITY

G = STANDARD_GRAVITY

# What OpenEarable v2 firmware says of its IMU (names, units and rates of its DefaultSensors.h).
OPEN_EARABLE_2 = Scheme(
    0,
    "9-Axis IMU",
    tuple(
        Component(F32, group, axis, unit)
        for group, unit in (("ACCELEROMETER", "m/s^2"), ("GYROSCOPE", "dps"), ("MAGNETOMETER", "uT"))
        for axis in "XYZ"
    ),
    0x13,
    (25.0, 50.0, 100.0, 200.0, 400.0, 800.0),
    1,
    2,
)


def unit(text: str, kind: int = F32) -> tuple[bool, float, float]:
    found = quantity(Component(kind, "ACC", "X", text))
    assert found is not None
    return found.is_acc, found.factor, found.full_scale


def test_bytes_of_a_small_scheme() -> None:
    scheme = Scheme(7, "A", (Component(I16, "G", "X", "g/2"),), 0x11, (50.0,), 0, 0)
    assert encode(scheme) == bytes.fromhex("07 0141 01 02 0147 0158 03672f32 11 010000 00004842".replace(" ", ""))
    assert parse(encode(scheme)) == scheme


@pytest.mark.parametrize(
    "scheme", [DIY, DIY_I16, OPEN_EARABLE_2, replace(DIY, options=1, rates_hz=(), default=0, streamed=0)]
)
def test_round_trip(scheme: Scheme) -> None:
    assert parse(encode(scheme)) == scheme
    assert parse(encode(scheme) + b"a later field") == scheme


def test_the_diy_scheme_fits_one_notification() -> None:
    assert len(encode(DIY)) <= 244
    assert len(encode(DIY_I16)) <= 244


@pytest.mark.parametrize(
    ("text", "is_acc", "factor"),
    [
        ("g", True, G),
        ("m/s^2", True, 1),
        ("m/s²", True, 1),
        ("dps", False, math.pi / 180),
        ("deg/s", False, math.pi / 180),
        ("°/s", False, math.pi / 180),
        ("rad/s", False, 1),
        ("G\0", True, G),
        ("g/2048", True, G / 2048),
        ("m/s^2/1000", True, 1e-3),
        ("deg/s/16.4", False, math.pi / 180 / 16.4),
        ("rad/s/939.65", False, 1 / 939.65),
    ],
)
def test_units(text: str, is_acc: bool, factor: float) -> None:
    assert unit(text) == (is_acc, pytest.approx(factor, rel=1e-15), math.inf)


def test_a_unit_may_tell_the_full_scale() -> None:
    assert unit("g max 8") == (True, G, 8 * G)
    assert unit("dps/16.384 max 1000") == (
        False,
        pytest.approx(math.pi / 180 / 16.384),
        pytest.approx(1000 * math.pi / 180),
    )


@pytest.mark.parametrize(
    "text", ["", "uT", "kg", "gs", "m/s", "g/", "g/x", "g/-1", "g/1e3", "gmax 8", "g max", "g " * 120]
)
def test_other_units_are_not_of_an_imu(text: str) -> None:
    assert quantity(Component(F32, "A", "X", text)) is None


@pytest.mark.parametrize(
    ("kind", "text"), [(I16, "g"), (0, "dps"), (5, "m/s^2"), (I16, "g/0"), (F32, "g/0"), (F32, "g max 0")]
)
def test_units_without_a_usable_scale_are_refused(kind: int, text: str) -> None:
    with pytest.raises(DecodeError) as refused:
        quantity(Component(kind, "ACC", "X", text))
    assert refused.value.got == f"'{text}'"


# ------------------------------------------------------------------ layouts


def test_axes_are_found_by_unit_and_ordered_by_name() -> None:
    parts = (
        Component(0, "T", "T", "degC"),
        Component(F32, "A", "z", "g"),
        Component(F32, "A", "X", "g"),
        Component(F32, "A", "y", "g"),
    )
    layout = imu_layout(Scheme(0, "odd", parts))
    assert layout.acc.fields == ("c2", "c3", "c1")
    assert layout.gyr is None
    assert layout.sample.itemsize == 13


def test_a_group_of_three_is_taken_where_there_are_others() -> None:
    single = Component(F32, "SHOCK", "peak", "g")
    layout = imu_layout(Scheme(0, "two", (single, *DIY.components)))
    assert layout.acc.fields == ("c1", "c2", "c3")
    assert layout.gyr is not None
    np.testing.assert_allclose(layout.gyr.factor, math.pi / 180)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (Scheme(0, "x", DIY.components[3:]), "three components of acceleration"),
        (Scheme(0, "x", DIY.components[1:]), "three components of acceleration"),
        (diy_scheme(I16, "g", "dps/16"), "a whole number's unit with its scale, such as 'g/2048'"),
    ],
)
def test_a_scheme_without_usable_acceleration_is_refused(scheme: Scheme, expected: str) -> None:
    with pytest.raises(DecodeError) as refused:
        imu_layout(scheme)
    assert refused.value.expected == expected


def test_a_gyroscope_in_an_unusable_unit_is_left_out() -> None:
    assert imu_layout(diy_scheme(I16, "g/2048", "dps")).gyr is None


# ------------------------------------------------------------------ hostile bytes


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"", 0),
        (b"\x00", 1),
        (b"\x00\x05abc", 2),
        (b"\x00\x01\xff\x01", 2),
        (b"\x00\x00\x00", 2),
        (bytes((0, 0, MAX_COMPONENTS + 1)) + b"\x06\0\0\0" * 65, 2),
        (b"\x00\x00\x01\x08\0\0\0\x01", 3),
        (b"\x00\x00\x01\x06\0\0\0", 7),
        (b"\x00\x00\x01\x06\0\0\0\x10\x00\x00\x00", 11),
        (b"\x00\x00\x01\x06\0\0\0\x10\x01\x00\x00\x00\x00\xc0\x7f", 11),
        (b"\x00\x00\x01\x06\0\0\0\x10\x01\x00\x00\x00\x00", 11),
        (bytes(5000), 4096),
    ],
)
def test_descriptions_that_do_not_fit(data: bytes, offset: int) -> None:
    with pytest.raises(DecodeError) as refused:
        parse(data)
    assert refused.value.offset == offset


@st.composite
def damaged_schemes(draw: st.DrawFn) -> bytes:
    """A real scheme with one byte changed and perhaps its end cut off."""
    good = bytearray(encode(OPEN_EARABLE_2))
    good[draw(st.integers(0, len(good) - 1))] = draw(st.integers(0, 255))
    return bytes(good[: draw(st.integers(0, len(good)))])


@given(st.binary(max_size=300) | damaged_schemes())
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        scheme = parse(data)
        layout = imu_layout(scheme)
    except DecodeError as error:
        refused = error
    else:
        assert layout.sample.names is not None
        assert len(layout.sample.names) == len(scheme.components)
        assert encode(parse(encode(scheme))) == encode(scheme)
        return
    assert refused.expected
    assert refused.got


def test_rate_indexes_past_the_list_are_brought_back() -> None:
    scheme = parse(encode(replace(DIY, default=200, streamed=9)))
    assert (scheme.default, scheme.streamed) == (1, 1)
    assert scheme.options & FREQUENCIES


def test_third_party_scheme_of_the_elder_list_form(shared_data: Path) -> None:
    """The v1 list holds the same descriptions without options, one after the other."""
    lines = (shared_data / "vectors" / "vectors_constructed.jsonl").read_text("utf-8").splitlines()
    (vector,) = (v for v in map(json.loads, lines) if v["id"] == "edgeml-scheme")
    data = bytes.fromhex(vector["hex"])
    assert data[0] == 2
    half = (
        1
        + (len(data) - 1 + len("ACC") - len("GYRO") - 3 * (len("GYRO") - len("ACC")) - 3 * (len("dps") - len("g"))) // 2
    )
    for part, expected in zip((data[1:half], data[half:]), vector["expected"]["sensors"], strict=True):
        scheme = parse(part + b"\x01")
        assert (scheme.sensor_id, scheme.name) == (expected["id"], expected["name"])
        found = [[c.group, c.name, c.unit] for c in scheme.components]
        assert found == [component[:3] for component in expected["components"]]
        assert {c.kind for c in scheme.components} == {F32}
