"""Any spelling, order, unit and form of a table gives the same samples; any damage gives a sentence or a table."""

import app_logs as apps
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.errors import HeadsUpError
from monitor.sources.imu_columns import find_columns
from monitor.sources.imu_hints import NO_HINTS, ImuHints, parse_columns
from monitor.sources.imu_names import read_name
from monitor.sources.imu_open import find_source
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_stream import read_stream
from monitor.sources.imu_text import read_head
from monitor.values import Site

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# A failing table is long; told in full it is still better than a warning in its place.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

ACC_NAMES = ["acc_{}", "Acc{}", "Accel-{}", "Acceleration {}", "a{}", "{} acceleration", "accelerometer.{}", "ACC {}"]
GYR_NAMES = ["gyr_{}", "Gyro{}", "Gyroscope {}", "g{}", "w{}", "rotationRate{}", "angular velocity {}", "omega_{}"]
TIME_NAMES = ["time", "Time", "t", "Timestamp", "timestamp", "elapsed", "time since start"]
ACC_UNITS = {"m/s2": (1.0, ["m/s^2", "m/s²", "ms^-2"]), "g": (apps.G, ["g", "G"]), "mg": (apps.G / 1000, ["mg"])}
GYR_UNITS = {"rad/s": (1.0, ["rad/s", "rad/sec"]), "deg/s": (np.pi / 180, ["deg/s", "°/s", "dps"])}
TIME_UNITS = {"s": (1.0, ["s", "sec"]), "ms": (1e-3, ["ms"]), "us": (1e-6, ["us", "µs"]), "ns": (1e-9, ["ns"])}
BRACKETS = ["{} ({})", "{}[{}]", "{} [{}]", "{}({})"]
OTHERS = ["HX(uT)", "Temperature(°C)", "Roll", "battery", "Quat_w", "Absolute", "marker"]


def nodding(n=500, rate_hz=100.0):
    """SIMULATED: a head that nods and bounces, gravity turning as the gyro says; times, m/s², rad/s."""
    t = np.arange(n) / rate_hz
    pitch = 0.3 * np.sin(2.5 * t)
    acc = apps.G * np.column_stack([-np.sin(pitch), 0 * t, np.cos(pitch)])
    acc += np.sin(15 * t)[:, None] * np.array([0.3, 0.4, 2.0])
    return t, acc, np.column_stack([0.05 * np.sin(9 * t), 0.75 * np.cos(2.5 * t), 0.05 * np.cos(7 * t)])


T, ACC, GYR = nodding()


@st.composite
def tables(draw):
    """The text of a table of `nodding()` in some spelling, order, unit and form."""

    def named(names, units):
        """A form of name, with its unit in some spelling or without, and how much of a unit the numbers are."""
        unit = draw(st.sampled_from(sorted(units)))
        per, spellings = units[unit]
        form = draw(st.sampled_from(names))
        if draw(st.booleans()):
            form = draw(st.sampled_from(BRACKETS)).format(form, draw(st.sampled_from(spellings)))
        return form, per

    upper = draw(st.booleans())
    axes = "XYZ" if upper else "xyz"
    (acc, acc_per), (gyr, gyr_per), (time, time_per) = (
        named(ACC_NAMES, ACC_UNITS),
        named(GYR_NAMES, GYR_UNITS),
        named(TIME_NAMES, TIME_UNITS),
    )
    columns = [(time, T / time_per)]
    columns += [(acc.format(a), ACC[:, i] / acc_per) for i, a in enumerate(axes)]
    with_gyro = draw(st.booleans())
    if with_gyro:
        columns += [(gyr.format(a), GYR[:, i] / gyr_per) for i, a in enumerate(axes)]
    columns += [(name, 20 + 0 * T) for name in draw(st.lists(st.sampled_from(OTHERS), max_size=3, unique=True))]
    columns = draw(st.permutations(columns))
    separator, decimal = draw(
        st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("|", ".")])
    )
    before = draw(st.sampled_from(["", "# a logger\n", "Device: x\nFirmware;1.0\n\n", "sep=" + separator + "\n"]))
    text = apps.table(separator.join(name for name, _ in columns), [v for _, v in columns], separator, before, decimal)
    return draw(st.sampled_from(["", "\ufeff"])) + text, with_gyro


@quick
@given(tables())
def test_any_spelling_order_unit_and_form_gives_the_same_samples(tmp_path, made):
    text, with_gyro = made
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode())
    table = read_imu(path, Site.HEAD)
    np.testing.assert_allclose(table.t_s, T, rtol=0, atol=1e-9)
    np.testing.assert_allclose(table.acc, ACC, rtol=0, atol=1e-9)
    assert (table.gyr is not None) == with_gyro
    if with_gyro:
        np.testing.assert_allclose(table.gyr, GYR, rtol=0, atol=1e-9)


def read_or_refused(path, hints=NO_HINTS):
    """The table, or None where it was refused with a sentence."""
    try:
        return read_imu(path, Site.HEAD, hints=hints)
    except HeadsUpError as error:
        said = str(error)
    assert said
    assert "\n" not in said
    return None


WHOLE = [write(T[:250], ACC[:250], GYR[:250]).encode() for write in apps.ONE_FILE.values()]


@settings(quick, max_examples=150)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=6),
)
def test_damage_gives_a_sentence_or_a_table(tmp_path, data, edits):
    for where, length, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + length :]
    path = tmp_path / "log.csv"
    path.write_bytes(data)
    table = read_or_refused(path)
    if table is None:
        return
    assert np.isfinite(table.acc).all()
    assert (np.diff(table.t_s) > 0).all()
    assert np.abs(table.acc).max() < 4000


@quick
@given(st.binary(max_size=2000))
@example(b"t,ax,ay,az\n1e308,1,1,1\n-1e308,1,1,1\n1e309,1,1,1\n")
@example(b"t,ax,ay,az\n0,1e300,1e300,1e300\n1,1e300,1e300,-1e300\n2,1e300,1,1\n3,1,1,1\n")
@example(b"x,y,z\n" + b"1,1,1\n" * 300)
@example(b"time,ax,ay,az\n" + b"99:99:99,0,0,1\n" * 300)
@example(b'a"b,"x,y\nz"\n')
@example(b"#" * 1000)
def test_any_bytes_give_a_sentence_or_a_table(tmp_path, data):
    path = tmp_path / "log"
    path.write_bytes(data)
    for hints in (NO_HINTS, ImuHints(columns=parse_columns("t=#1,ax=#2,ay=#3,az=#4"), acc_unit="g")):
        table = read_or_refused(path, hints)
        assert table is None or np.isfinite(table.acc).all()


@quick
@given(st.text(max_size=60))
def test_any_name_has_a_meaning(name):
    meaning = read_name(name)
    assert meaning.axis in ("", "x", "y", "z")


@quick
@given(
    st.lists(st.sampled_from(["x", "y", "z", "ax", "ay", "az", "gx", "acc x (g)", "t", "", "a,b", "Roll"]), max_size=9)
)
def test_any_header_is_understood_or_refused(tmp_path, names):
    path = tmp_path / "log.csv"
    path.write_text(";".join(names) + "\n" + ";".join("1" for _ in names) + "\n", encoding="utf-8")
    try:
        source = find_source(path)
        head = read_head(source)
        columns = find_columns(source, head, NO_HINTS, gyro_only=False)
        read_stream(source, NO_HINTS, {})
    except HeadsUpError:
        return
    assert columns.acc is not None
