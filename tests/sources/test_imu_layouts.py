"""Logs of known apps, in the layouts that documentation or public code gives, hold the samples that were written."""

import gzip
import zipfile

import app_logs as apps
import numpy as np
import pytest

from monitor.errors import HeadsUpError, TableError
from monitor.recording.reader import open_recording
from monitor.sources.imu_hints import ImuHints
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_table import import_tables
from monitor.values import Site


@pytest.fixture(scope="module")
def ear(shared_data):
    """20 s of a real walk from behind the ear, 200 Hz: times, m/s², rad/s."""
    with np.load(shared_data / "head_imu" / "ear_normal_left.npz") as data:
        rows = slice(6000, 10_000)
        t = np.round(np.arange(4000) / 200.0, 6)
        return t, data["acc"][rows].astype(float), data["gyr"][rows].astype(float)


def written(path, text):
    path.write_bytes(text.encode())
    return path


def equal(table, ear, *, t_atol=2e-6, **tolerance):
    t, acc, gyr = ear
    np.testing.assert_allclose(table.t_s - table.t_s[0], t, rtol=0, atol=t_atol)
    np.testing.assert_allclose(table.acc, acc, rtol=0, atol=1e-9, **tolerance)
    if table.gyr is not None:
        np.testing.assert_allclose(table.gyr, gyr, rtol=0, atol=1e-9)


@pytest.mark.parametrize("app", apps.ONE_FILE)
def test_a_log_of_one_file(tmp_path, ear, app):
    table = read_imu(written(tmp_path / "log.txt", apps.ONE_FILE[app](*ear)), Site.HEAD)
    equal(table, ear)
    assert table.gyr is not None
    if app in apps.DATED:
        assert table.t_s[0] == pytest.approx(apps.BEGAN_S, abs=1e-3)
    else:
        assert abs(table.t_s[0]) < 1e7


@pytest.mark.parametrize("app", apps.ONE_FILE)
def test_what_was_taken_for_what_is_said_in_one_line(tmp_path, ear, app):
    told = read_imu(written(tmp_path / "log.txt", apps.ONE_FILE[app](*ear)), Site.HEAD).told
    assert "\n" not in told
    assert "acceleration" in told
    assert "gyro" in told
    assert (" in deg/s" in told) == (app in DEGREES)
    assert (" in m/s2" in told) == (app in METRES)


DEGREES = {"movella_dot", "axivity", "witmotion", "witmotion_chinese", "picoquake"}
METRES = {"phyphox", "phyphox_english", "phyphox_tabs", "movella_dot", "mt_manager", "mt_manager_counter"}


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")])
def test_packed_or_from_windows(tmp_path, ear, pack):
    path = tmp_path / "log.csv.gz"
    path.write_bytes(pack(apps.phyphox(*ear).encode()))
    equal(read_imu(path, Site.HEAD), ear)


def test_metabase_writes_two_files(tmp_path, ear):
    t, acc, gyr = ear
    head = written(tmp_path / "a.csv", apps.metabase(t, acc / apps.G, "g"))
    turn = written(tmp_path / "g.csv", apps.metabase(t, np.degrees(gyr), "deg/s"))
    alone = read_imu(head, Site.HEAD)
    equal(alone, ear)
    assert alone.gyr is None
    both = read_imu(head, Site.HEAD, gyro_path=turn)
    equal(both, ear)
    assert both.gyr is not None
    assert both.t_s[0] == pytest.approx(apps.BEGAN_S)
    with pytest.raises(TableError, match="holds a gyro but no acceleration"):
        read_imu(turn, Site.HEAD)


def test_polar_counts_from_2000_and_the_phone_knows_the_date(tmp_path, ear):
    t, acc, gyr = ear
    head = written(tmp_path / "Polar_Sense_ACC.txt", apps.polar(t, acc / apps.G * 1000, "mg"))
    turn = written(tmp_path / "Polar_Sense_GYRO.txt", apps.polar(t, np.degrees(gyr), "dps"))
    table = read_imu(head, Site.HEAD, gyro_path=turn)
    equal(table, ear)
    assert table.t_s[0] == pytest.approx(apps.BEGAN_S, abs=1e-3)


def export(folder, files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        written(folder / name, text)
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, text)
    return [folder, packed]


def test_sensor_logger_of_android(tmp_path, ear):
    """Accelerometer.csv holds no gravity there; TotalAcceleration.csv does, and the gyro has times of its own."""
    t, acc, gyr = ear
    between = t[:-1] + 0.0025
    files = {
        "Accelerometer.csv": apps.sensor_logger(t, acc - acc.mean(axis=0)),
        "TotalAcceleration.csv": apps.sensor_logger(t, acc),
        "Gyroscope.csv": apps.sensor_logger(between, (gyr[1:] + gyr[:-1]) / 2),
        "GyroscopeUncalibrated.csv": apps.sensor_logger(t, gyr),
        "Gravity.csv": apps.sensor_logger(t, acc),
        "Metadata.csv": "version,platform,standardisation\n3,android,false\n",
        "Annotation.csv": "time,seconds_elapsed,text\n",
    }
    for path in export(tmp_path / "export", files):
        table = read_imu(path, Site.HEAD)
        equal_acc = np.abs(table.acc - acc[: len(table)]).max()
        assert equal_acc < 1e-9
        smooth = np.abs(table.gyr[1:-1] - gyr[1:-1])
        assert np.median(smooth) < 0.02  # half way between two samples, and back
        assert "Gyroscope.csv in rad/s" in table.told
        assert "interpolated" in table.told
        assert table.t_s[0] == pytest.approx(apps.BEGAN_S)
    with pytest.raises(TableError, match=r"does not show gravity.*TotalAcceleration"):
        read_imu(tmp_path / "export" / "Accelerometer.csv", Site.HEAD)


def test_sensor_logger_of_earphones(tmp_path, ear):
    t, acc, gyr = ear
    default = "version,platform,standardisation\n3,ios,false\n"
    files = {"Headphone.csv": apps.headphone(t, acc, gyr), "Metadata.csv": default}
    for path in export(tmp_path / "export", files):
        table = read_imu(path, Site.HEAD)
        equal(table, ear)
        assert "Apple counts it downwards" in table.told
    alone = tmp_path / "export" / "Headphone.csv"
    with pytest.raises(TableError, match="--acc-unit"):
        read_imu(alone, Site.HEAD)
    equal(read_imu(alone, Site.HEAD, hints=ImuHints(acc_unit="g")), ear)


def test_a_phone_and_earphones_in_one_export_leave_a_choice(tmp_path, ear):
    t, acc, gyr = ear
    files = {
        "Headphone.csv": apps.headphone(t, acc, gyr),
        "TotalAcceleration.csv": apps.sensor_logger(t, acc),
        "Metadata.csv": "version,standardisation\n3,false\n",
    }
    folder, packed = export(tmp_path / "export", files)
    for path in (folder, packed):
        with pytest.raises(TableError, match=r"export.*/Headphone\.csv"):
            read_imu(path, Site.HEAD)
    # A file inside a zip can be named.
    assert read_imu(packed / "TotalAcceleration.csv", Site.HEAD).gyr is None


def test_phyphox_notes_the_start_beside_the_table(tmp_path, ear):
    t, acc, gyr = ear
    names = '"Time (s)","{0} x ({1})","{0} y ({1})","{0} z ({1})"'
    files = {
        "Accelerometer.csv": apps.table(names.format("Acceleration", "m/s^2"), [t + 0.25, *acc.T]),
        "Gyroscope.csv": apps.table(names.format("Gyroscope", "rad/s"), [t + 0.25, *gyr.T]),
        "Linear Acceleration.csv": apps.table(names.format("Linear Acceleration", "m/s^2"), [t, *acc.T]),
        "meta/time.csv": '"event","experiment time","system time","system time text"\n'
        f'"START",0.000000000E0,{apps.BEGAN_S:.3f},"2026-04-25 01:59:50.000 UTC+02:00"\n',
        "meta/device.csv": '"property","value"\n"deviceModel","a phone"\n',
    }
    for path in export(tmp_path / "phyphox", files):
        table = read_imu(path, Site.HEAD)
        equal(table, ear)
        assert table.gyr is not None
        assert table.t_s[0] == pytest.approx(apps.BEGAN_S + 0.25)
    with pytest.raises(TableError, match="acceleration without gravity"):
        read_imu(tmp_path / "phyphox" / "Linear Acceleration.csv", Site.HEAD)


def test_a_dated_log_dates_the_run(tmp_path, ear):
    path = written(tmp_path / "dot.csv", apps.movella_dot(*ear))
    summary = import_tables(path, None, tmp_path / "run.headsup")
    assert summary.told[0].startswith("Movella DOT: ")
    with open_recording(summary.path) as recording:
        assert recording.run.started_utc.startswith("2026-04-24T23:59:50")
        assert "date" not in recording.run.note


def test_parquet(tmp_path, ear):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    t, acc, gyr = ear
    stamps = np.array([round((apps.BEGAN_S + v) * 1e6) for v in t]).astype("datetime64[us]")
    columns = {"timestamp": stamps, "who": ["me"] * len(t)}
    columns |= {f"acc_{a}": acc[:, i] / apps.G for i, a in enumerate("xyz")}
    columns |= {f"gyr_{a}": np.degrees(gyr[:, i]) for i, a in enumerate("xyz")}
    path = tmp_path / "imu.parquet"
    parquet.write_table(arrow.table(columns), path)
    table = read_imu(path, Site.HEAD)
    equal(table, ear)
    assert table.t_s[0] == pytest.approx(apps.BEGAN_S)
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TableError, match="damaged or unusual Parquet"):
        read_imu(damaged, Site.HEAD)


def test_parquet_without_its_library_names_it(tmp_path, monkeypatch):
    path = tmp_path / "imu.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(HeadsUpError, match=r"pip install 'headsup-run\[parquet\]'"):
        read_imu(path, Site.HEAD)
