"""Names of columns, units, and what the user says: understood, or refused with the option that settles it."""

import app_logs as apps
import numpy as np
import pytest

from monitor.errors import SettingsError, TableError
from monitor.sources.imu_hints import ImuHints, parse_columns
from monitor.sources.imu_names import Kind, read_name
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_units import measured_acc, measured_gyr, unit_named
from monitor.values import Site

ACC, GYR, TIME, OTHER, LINEAR, GRAVITY = Kind.ACC, Kind.GYR, Kind.TIME, Kind.OTHER, Kind.LINEAR, Kind.GRAVITY


@pytest.mark.parametrize(
    ("name", "kind", "axis", "unit"),
    [
        ("t_s", TIME, "", "s"),
        ("ax_m_s2", ACC, "x", "m/s2"),
        ("gz_rad_s", GYR, "z", "rad/s"),
        ("AccY(g)", ACC, "y", "g"),
        (" Accel-Z (g)", ACC, "z", "g"),
        ("ax (G)", ACC, "x", "g"),
        ("Bx [G]", OTHER, "x", "?"),
        ("Acceleration x (m/s^2)", ACC, "x", "m/s2"),
        ("Accelerometer_X (m/s²)", ACC, "x", "m/s2"),
        ("acc_x_mg", ACC, "x", "mg"),
        ("X [mg]", ACC, "x", "mg"),
        ("ACCZ", ACC, "z", ""),
        ("a_x", ACC, "x", ""),
        ("gFx", ACC, "x", ""),
        ("gFTotal", OTHER, "", ""),
        ("Linear Acceleration x (m/s^2)", LINEAR, "x", "m/s2"),
        ("userAccelerationY", LINEAR, "y", ""),
        ("FreeAcc_X", LINEAR, "x", ""),
        ("gravityZ", GRAVITY, "z", ""),
        ("GravitationalAccelerationX", GRAVITY, "x", ""),
        ("AsX(°/s)", GYR, "x", "deg/s"),
        ("Gyro-X (d/s)", GYR, "x", "deg/s"),
        ("gyro_x_dps", GYR, "x", "deg/s"),
        ("rotationRateY", GYR, "y", ""),
        ("angular_velocity_x", GYR, "x", ""),
        ("wz", GYR, "z", ""),
        ("x-axis (deg/s)", GYR, "x", "deg/s"),
        ("y", Kind.BARE, "y", ""),
        ("x-axis", Kind.BARE, "x", ""),
        ("AngleX(°)", OTHER, "x", "?"),
        ("HX(uT)", OTHER, "x", "?"),
        ("X [G]", OTHER, "x", "?"),
        ("Mag_X", OTHER, "x", ""),
        ("Bx", OTHER, "x", ""),
        ("Quat_X", OTHER, "x", ""),
        ("angular acceleration x", OTHER, "x", ""),
        ("Roll", OTHER, "", ""),
        ("PacketCounter", Kind.COUNTER, "", ""),
        ("SampleTimeFine", TIME, "", ""),
        ("seconds_elapsed", TIME, "", "s"),
        ("epoch (ms)", TIME, "", "ms"),
        ("time (-13:00)", TIME, "", ""),
        ("sensor timestamp [ns]", TIME, "", "ns"),
        ("ChipTime()", TIME, "", ""),
        ("Timestamp_us", TIME, "", "us"),
        ("加速度X(g)", ACC, "x", "g"),
        ("", OTHER, "", ""),
    ],
)
def test_a_name(name, kind, axis, unit):
    meaning = read_name(name)
    assert (meaning.kind, meaning.axis, meaning.unit) == (kind, axis, unit)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("m/s²", "m/s2"), ("ms⁻²", "m/s2"), ("[g]", "g"), ("G", "g"), ("(deg/s)", "deg/s"), ("°/s", "deg/s"),
        ("µs", "us"), ("rad / s", "rad/s"), ("uT", "?"), ("furlong", "?"), ("", ""),
    ],
)  # fmt: skip
def test_a_unit(text, unit):
    assert unit_named(text) == unit


def test_the_numbers_show_their_units_on_real_heads_and_backs(shared_data):
    seen = 0
    for path in sorted((shared_data / "head_imu").glob("*.npz")) + sorted((shared_data / "motion").glob("*.npz")):
        with np.load(path) as data:
            t = data["t_s"].astype(float)
            for name in [name for name in data.files if name.startswith("acc")]:
                acc, gyr = data[name].astype(float), data[name.replace("acc", "gyr", 1)].astype(float)
                rate = 1 / np.median(np.diff(t))
                assert measured_acc(acc, rate).unit == "m/s2"
                assert measured_acc(acc / apps.G, rate).unit == "g"
                assert measured_acc(acc / apps.G * 1000, rate).unit == "mg"
                assert measured_acc(acc - acc.mean(axis=0), rate).unit == ""
                assert measured_gyr(gyr, acc, t).unit == "rad/s"
                assert measured_gyr(np.degrees(gyr), acc, t).unit == "deg/s"
                seen += 1
    assert seen > 40


# ------------------------------------------------------------------ refused, with the way out


@pytest.fixture
def walk():
    """8 s at 100 Hz of a head that nods and bounces: SIMULATED, gravity turning as the gyro says."""
    t = np.arange(800) / 100.0
    pitch = 0.3 * np.sin(2 * np.pi * 0.4 * t)
    rate = 0.3 * 2 * np.pi * 0.4 * np.cos(2 * np.pi * 0.4 * t)
    acc = apps.G * np.column_stack([-np.sin(pitch), 0 * t, np.cos(pitch)])
    acc += 3.0 * np.sin(2 * np.pi * 2.5 * t)[:, None] * np.array([0.2, 0.1, 1.0])
    return t, acc, np.column_stack([0.05 * np.sin(9 * t), rate, 0.05 * np.cos(7 * t)])


def written(tmp_path, header, columns, **form):
    path = tmp_path / "log.csv"
    path.write_text(apps.table(header, columns, **form), encoding="utf-8")
    return path


def refused(path, **how):
    with pytest.raises(TableError) as caught:
        read_imu(path, Site.HEAD, **how)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    return caught.value.reason


def test_units_by_how_the_head_moves(tmp_path, walk):
    t, acc, gyr = walk
    path = written(tmp_path, "time,ax,ay,az,gx,gy,gz", [t, *(acc / apps.G).T, *np.degrees(gyr).T])
    table = read_imu(path, Site.HEAD)
    np.testing.assert_allclose(table.acc, acc, atol=1e-9)
    np.testing.assert_allclose(table.gyr, gyr, atol=1e-9)
    assert "g (by the size of gravity)" in table.told
    assert "deg/s (by how gravity turns)" in table.told


def test_a_gyro_that_could_be_either_is_refused_and_settled_by_the_option(tmp_path, walk):
    t = walk[0]
    still = np.column_stack([np.full(800, 0.0), 0 * t, apps.G + 0.01 * np.sin(9 * t)])
    weak = np.random.default_rng(1).normal(0, 0.5, (800, 3))
    path = written(tmp_path, "time,ax,ay,az,gx,gy,gz", [t, *still.T, *weak.T])
    assert "--gyr-unit" in refused(path)
    np.testing.assert_array_equal(read_imu(path, Site.HEAD, hints=ImuHints(gyr_unit="rad/s")).gyr, weak)
    degrees = read_imu(path, Site.HEAD, hints=ImuHints(gyr_unit="deg/s")).gyr
    np.testing.assert_allclose(degrees, np.radians(weak), rtol=1e-12)


def test_names_and_numbers_that_contradict_each_other(tmp_path, walk):
    t, acc, gyr = walk
    path = written(tmp_path, "time,acc x (g),acc y (g),acc z (g)", [t, *acc.T])
    assert "called g but looks like m/s2" in refused(path)
    np.testing.assert_array_equal(read_imu(path, Site.HEAD, hints=ImuHints(acc_unit="m/s2")).acc, acc)
    path = written(tmp_path, "time,ax,ay,az,gx (rad/s),gy (rad/s),gz (rad/s)", [t, *acc.T, *np.degrees(gyr).T])
    assert "called rad/s but looks like deg/s" in refused(path)
    path = written(tmp_path, "time (s),ax,ay,az", [1000 * t, *acc.T])
    assert "called s but look like ms; say which with --time-unit" in refused(path)
    assert read_imu(path, Site.HEAD, hints=ImuHints(time_unit="ms")).rate_hz == pytest.approx(100)


def test_a_mere_count_is_no_time(tmp_path, walk):
    t, acc, _ = walk
    path = written(tmp_path, "time,ax,ay,az", [np.arange(800), *acc.T])
    assert "--time-unit" in refused(path)
    path = written(tmp_path, "n,ax,ay,az", [np.arange(800), *acc.T])
    assert "--rate" in refused(path)
    assert read_imu(path, Site.HEAD, hints=ImuHints(rate_hz=50.0)).rate_hz == pytest.approx(50)
    path = written(tmp_path, "time,ax,ay,az", [t, *acc.T])
    assert "needs no --rate" in refused(path, hints=ImuHints(rate_hz=50.0))


def test_two_accelerometers_leave_a_choice(tmp_path, walk):
    t, acc, _ = walk
    names = ["time", *(f"left_acc_{a}" for a in "xyz"), *(f"right_acc_{a}" for a in "xyz")]
    path = written(tmp_path, ",".join(names), [t, *acc.T, *-acc.T])
    assert "more than one acceleration (left_acc_x or right_acc_x); choose with --columns" in refused(path)
    right = parse_columns("ax=right_acc_x,ay=right_acc_y,az=right_acc_z")
    np.testing.assert_array_equal(read_imu(path, Site.HEAD, hints=ImuHints(columns=right)).acc, -acc)
    path = written(tmp_path, "time,ax,ay,az,ax,ay,az", [t, *acc.T, *acc.T])
    assert "more than one acceleration" in refused(path)


def test_columns_by_name_number_and_sign(tmp_path, walk):
    t, acc, _ = walk
    path = written(tmp_path, "when,Höhe,seit,vor", [t, *acc.T])
    assert "names no acceleration" in refused(path)
    hints = ImuHints(columns=parse_columns("t=when,ax=-vor,ay=SEIT,az=#2"), time_unit="s")
    table = read_imu(path, Site.HEAD, hints=hints)
    np.testing.assert_array_equal(table.acc, acc[:, [2, 1, 0]] * [-1, 1, 1])
    assert '-"vor"/"seit"/"Höhe"' in table.told
    wrong = ImuHints(columns=parse_columns("ax=nope,ay=seit,az=vor"))
    assert "'nope'" in refused(path, hints=wrong)
    assert "no column #9" in refused(path, hints=ImuHints(columns=parse_columns("ax=#9,ay=#2,az=#3")))


def test_a_table_without_names(tmp_path, walk):
    t, acc, gyr = walk
    path = tmp_path / "log.txt"
    path.write_text("\n".join(" ".join(map(repr, row)) for row in np.column_stack([t, acc, gyr]).tolist()))
    assert "--columns t=#1,ax=#2" in refused(path)
    hints = ImuHints(columns=parse_columns("t=#1,ax=#2,ay=#3,az=#4,gx=#5,gy=#6,gz=#7"))
    table = read_imu(path, Site.HEAD, hints=hints)
    np.testing.assert_array_equal(table.acc, acc)
    np.testing.assert_array_equal(table.gyr, gyr)


def test_a_row_of_units(tmp_path, walk):
    t, acc, gyr = walk
    header = "time;ax;ay;az;gx;gy;gz\nms;g;g;g;°/s;°/s;°/s"
    path = written(tmp_path, header, [1000 * t, *(acc / apps.G).T, *np.degrees(gyr).T], separator=";", decimal=",")
    table = read_imu(path, Site.HEAD)
    np.testing.assert_allclose(table.acc, acc, atol=1e-9)
    np.testing.assert_allclose(table.gyr, gyr, atol=1e-9)
    assert table.t_s[-1] == pytest.approx(t[-1])


@pytest.mark.parametrize("text", ["", "ax", "x=1", "ax=1", "t=", "ax=a,ax=b,ay=c,az=d", "gx=a,gy=b", "zz,t=1"])
def test_columns_that_are_not_understood(text):
    with pytest.raises(SettingsError, match="--columns"):
        parse_columns(text)


def test_names_with_commas_and_equal_signs():
    assert parse_columns("t=a,b = c,ax=x,ay=y,az=z") == {"t": "a,b = c", "ax": "x", "ay": "y", "az": "z"}


@pytest.mark.parametrize("bad", [{"acc_unit": "ft"}, {"gyr_unit": "rpm"}, {"time_unit": "h"}, {"rate_hz": 0.0}])
def test_hints_out_of_bounds(bad):
    with pytest.raises(SettingsError):
        ImuHints(**bad)
