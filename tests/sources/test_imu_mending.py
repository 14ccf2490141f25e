"""What loggers do to their tables: gaps, repeats, rows out of order, empty cells, odd lines. Mended, and said so."""

import gzip
import os
import zipfile

import app_logs as apps
import numpy as np
import pytest

from monitor.errors import TableError
from monitor.sources import imu_open, imu_text
from monitor.sources.imu_dates import first_instant, read_dates
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_table import import_tables
from monitor.sources.imu_times import clean_times, unit_by_size, unwrapped
from monitor.values import Site

HEADER = "time_ms,acc_x_g,acc_y_g,acc_z_g,gyr_x_dps,gyr_y_dps,gyr_z_dps"


def samples(n=1000, rate_hz=100.0):
    """A plausible head, resting and shaking a little: times, m/s², rad/s."""
    rng = np.random.default_rng(4)
    acc = np.array([0.5, 0.2, 9.7]) + rng.normal(0, 1.5, (n, 3))
    return np.arange(n) / rate_hz, acc, rng.normal(0, 0.8, (n, 3))


def lines(t, acc, gyr):
    return apps.table(HEADER, [t * 1000, *(acc / apps.G).T, *np.degrees(gyr).T]).splitlines()


def read(tmp_path, rows, **how):
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_imu(path, Site.HEAD, **how)


def refused(tmp_path, rows, **how):
    with pytest.raises(TableError) as caught:
        read(tmp_path, rows, **how)
    assert "\n" not in str(caught.value)
    return caught.value.reason


def test_an_untouched_table_needs_no_mending(tmp_path):
    t, acc, gyr = samples()
    table = read(tmp_path, lines(t, acc, gyr))
    np.testing.assert_allclose(table.t_s, t, atol=1e-12)
    assert ";" not in table.told


def test_the_header_once_more_comments_and_blank_lines(tmp_path):
    t, acc, gyr = samples()
    rows = lines(t, acc, gyr)
    rows[500:500] = [rows[0], "", "# paused", "// resumed", "   "]
    table = read(tmp_path, ["# made by a logger", "Version;3", "", *rows])
    np.testing.assert_allclose(table.acc, acc, atol=1e-12)
    assert ";" not in table.told


def test_empty_cells_words_and_cut_lines_are_left_out_and_counted(tmp_path):
    t, acc, gyr = samples()
    rows = lines(t, acc, gyr)
    rows[11] = rows[11].replace(rows[11].split(",")[2], "", 1)
    rows[12] = ",".join(["NaN"] * 7)
    rows[13] = "battery low,,,,,,"
    rows[14] = rows[14][:9]
    table = read(tmp_path, rows)
    np.testing.assert_allclose(table.t_s, np.delete(t, [10, 11, 12, 13]), atol=1e-12)
    assert "2 rows without numbers left out" in table.told
    assert "1 row without an acceleration left out" in table.told
    assert "1 incomplete row left out" in table.told
    many = [row if i % 3 else "x" + row for i, row in enumerate(rows[1:])]
    assert "rows hold a time and numbers" in refused(tmp_path, [rows[0], *many])


def test_rows_out_of_order_and_doubled_rows(tmp_path):
    t, acc, gyr = samples()
    rows = lines(t, acc, gyr)
    rows[101], rows[102] = rows[102], rows[101]
    rows.insert(300, rows[299])
    table = read(tmp_path, rows)
    np.testing.assert_allclose(table.t_s, t, atol=1e-12)
    np.testing.assert_allclose(table.acc, acc, atol=1e-12)
    assert "1 row put in order" in table.told
    assert "1 doubled row left out" in table.told


def test_two_recordings_in_one_file_are_refused(tmp_path):
    rows = lines(*samples())
    assert "two recordings" in refused(tmp_path, rows + rows[1:])


@pytest.mark.parametrize("stray", [0.0, 9e6, -5e3])
def test_a_stray_time_costs_its_row_only(tmp_path, stray):
    t, acc, gyr = samples()
    wrong = t.copy()
    wrong[[500, 700]] = stray
    table = read(tmp_path, lines(wrong, acc, gyr))
    np.testing.assert_allclose(table.acc, np.delete(acc, [500, 700], axis=0), atol=1e-12)
    assert "2 rows with a stray time left out" in table.told


def test_several_rows_of_one_stamp_are_spread(tmp_path):
    """A phone that stamps what arrives: five rows every 50 ms."""
    t, acc, gyr = samples()
    coarse = np.floor(t / 0.05 + 1e-9) * 0.05
    table = read(tmp_path, lines(coarse, acc, gyr))
    np.testing.assert_allclose(table.t_s, t, atol=1e-9)
    assert "800 rows with the time of the row before spread evenly" in table.told


@pytest.mark.parametrize("write", [apps.witmotion, apps.witmotion_chinese])
def test_rows_of_two_devices_are_not_read_as_one(tmp_path, write):
    rows = write(*samples()).splitlines()
    mixed = [row.replace("WT901", "WT902") if i % 2 else row for i, row in enumerate(rows)]
    assert "2 devices (WT901" in refused(tmp_path, mixed)


def test_a_gap_stays_a_gap(tmp_path):
    t, acc, gyr = samples()
    keep = (t < 3.0) | (t >= 6.5)
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines(t[keep], acc[keep], gyr[keep])))
    assert import_tables(path, None, tmp_path / "run.headsup").holes == (1,)


def test_a_stamp_before_a_gap_is_not_stretched_over_it():
    t = np.array([0.0, 0.0, 0.02, 0.02, 5.0, 5.0, 5.02, 5.02])
    out = clean_times("x", t, np.arange(8.0)[:, None])
    np.testing.assert_allclose(out.t_s, [0, 0.01, 0.02, 0.03, 5, 5.01, 5.02, 5.03])


def test_acceleration_and_gyro_in_turn_in_one_table(tmp_path):
    """Rows that hold one or the other, each with its own rate."""
    t, acc, _ = samples(rate_hz=100.0)
    between = t[::2] + 0.003
    rates = np.column_stack([np.sin(between), np.cos(between), 0.3 * np.sin(3 * between)])
    rows = [(when, f"{when!r},{','.join(map(repr, a))},,,") for when, a in zip(t.tolist(), acc.tolist(), strict=True)]
    rows += [(w, f"{w!r},,,,{','.join(map(repr, g))}") for w, g in zip(between.tolist(), rates.tolist(), strict=True)]
    header = "t (s),ax (m/s2),ay (m/s2),az (m/s2),gx (rad/s),gy (rad/s),gz (rad/s)"
    table = read(tmp_path, [header, *(row for _, row in sorted(rows))])
    np.testing.assert_array_equal(table.acc, acc[: len(table)])
    want = np.column_stack([np.sin(table.t_s), np.cos(table.t_s), 0.3 * np.sin(3 * table.t_s)])
    np.testing.assert_allclose(table.gyr[1:-1], want[1:-1], atol=1e-3)
    assert "interpolated" in table.told


def test_gyro_rows_far_apart_leave_rows_out(tmp_path):
    t, acc, gyr = samples()
    hole = gyr.copy()
    hole[400:500] = np.nan
    table = read(tmp_path, [row.replace("nan", "") for row in lines(t, acc, hole)])
    assert len(table) == 900
    assert "100 rows without a gyro sample beside it left out" in table.told
    assert "share too little time" in refused(
        tmp_path, [row.replace("nan", "") for row in lines(t, acc, np.where(t[:, None] < 4, gyr, np.nan))]
    )


def test_spikes_are_left_out_and_too_many_refused(tmp_path):
    t, acc, gyr = samples(3000)
    acc[77] = 1e6
    table = read(tmp_path, lines(t, acc, gyr))
    assert len(table) == 2999
    assert "1 row beyond what a sensor can measure left out" in table.told
    acc[100:150] = 1e6
    assert "more than any such sensor can measure" in refused(tmp_path, lines(t, acc, gyr))


def test_quotes_decimal_commas_and_mixed_line_ends(tmp_path):
    t, acc, gyr = samples()
    rows = lines(t, acc, gyr)
    quoted = [",".join(f'"{cell.replace(".", ",")}"' for cell in row.split(",")) for row in rows[1:]]
    path = tmp_path / "log.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (rows[0] + "\r\n" + "\r".join(quoted[:500]) + "\r\n").encode())
    with path.open("ab") as file:
        file.write("\n".join(quoted[500:]).encode())
    np.testing.assert_allclose(read_imu(path, Site.HEAD).acc, acc, atol=1e-12)


def test_an_older_program_s_degree_sign(tmp_path):
    t, acc, gyr = samples()
    text = apps.witmotion(t, acc, gyr)
    (tmp_path / "log.txt").write_bytes(text.encode("cp1252"))
    np.testing.assert_allclose(read_imu(tmp_path / "log.txt", Site.HEAD).gyr, gyr, atol=1e-12)


def test_chunks_make_no_difference(tmp_path, monkeypatch):
    t, acc, gyr = samples()
    path = tmp_path / "log.txt"
    path.write_text(apps.witmotion(t, acc, gyr))
    whole = read_imu(path, Site.HEAD)
    monkeypatch.setattr(imu_text, "_CHUNK_BYTES", 700)
    parts = read_imu(path, Site.HEAD)
    np.testing.assert_array_equal(whole.t_s, parts.t_s)
    np.testing.assert_array_equal(whole.acc, parts.acc)


# ------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("first", "step", "unit"),
    [
        (0.0, 0.01, "s"), (0.0, 10.0, "ms"), (5.0, 10_000.0, "us"), (0.0, 2e7, "ns"), (1.7e9, 0.01, "s"),
        (1.7e12, 10.0, "ms"), (1.7e15, 5e3, "us"), (1.7e18, 5e6, "ns"), (0.0, 1.0, ""), (0.0, 0.5, ""),
        (0.0, 300.0, ""), (0.0, 0.0, ""),
    ],
)  # fmt: skip
def test_the_unit_of_times(first, step, unit):
    assert unit_by_size(first + step * np.arange(300.0)) == unit


def test_ticks_go_on_over_their_wrap():
    ticks = np.array([4294967290.0, 4294967295.0, 3.0, 8.0])
    np.testing.assert_array_equal(np.diff(unwrapped(ticks, 2.0**32)), [5, 4, 5])


def test_dates():
    day = ["2026-11-22 23:59:59.5", "2026-11-23T00:00:00.25Z", "2026/11/23 00:00:01", "22.11.2026 10:00", "", "null"]
    out = read_dates([f"{cell}Z" if cell[:5] == "2026-" and "Z" not in cell else cell for cell in day])
    np.testing.assert_allclose(np.diff(out[:3]), [0.75, 0.75])
    assert np.isnan(out[3:]).all()
    np.testing.assert_allclose(read_dates(["23:59:59.5", "00:00:00.5", "x"])[:2], [86_399.5, 86_400.5])
    assert read_dates(["2026-06-01T12:00:00+02:00"])[0] == read_dates(["2026-06-01T10:00:00Z"])[0]
    assert np.isnan(read_dates(["2026-13-41 10:00:00", "0000-01-01 00:00:00"])).all()
    assert first_instant("StartTime:,2025-07-11 20:06:00.086 +0200") == 1752257160.086
    assert first_instant("2025-07-11_20:06:00_086") is not None
    assert first_instant("no date") is None


def test_a_date_without_a_zone_is_said_to_be_local(tmp_path):
    t, acc, gyr = samples()
    plain = apps.axivity(t, acc, gyr).splitlines()
    assert "as date and local time" in read(tmp_path, plain).told
    zoned = [plain[0], *(row.replace(",", "+02:00,", 1) for row in plain[1:])]
    table = read(tmp_path, zoned)
    assert "as date and time" in table.told
    assert table.t_s[0] == apps.BEGAN_S - 7200


def test_a_change_of_summer_time_moves_nothing(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        out = read_dates(["2026-10-25 01:59:59", "2026-10-25 02:00:00", "2026-10-25 03:00:01", "2026-10-26 00:00:00"])
        np.testing.assert_array_equal(np.diff(out), [1, 3601, 75_599])
        assert read_dates(["2026-06-01 12:00:00"])[0] == read_dates(["2026-06-01T10:00:00Z"])[0]
    finally:
        monkeypatch.undo()
        time.tzset()


# ------------------------------------------------------------------ hostile files


def test_files_that_are_none(tmp_path):
    def reason(path):
        with pytest.raises(TableError) as caught:
            read_imu(path, Site.HEAD)
        return caught.value.reason

    path = tmp_path / "log.csv"
    assert "does not exist" in reason(path)
    assert "does not exist" in reason(path / "inside.csv")
    assert "holds no table" in reason(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "ordinary file" in reason(tmp_path / "pipe")
    assert "usable file name" in reason(tmp_path / ("x" * 5000))
    for data, words in (
        (b"", "empty"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"a,b\0c", "not text"),
        (b"one line of prose", "names no acceleration"),
        (b"t,ax,ay,az\n", "no column with times|no rows"),
        (b"PK\x03\x04" + bytes(50), "zip"),
        (b"\x1f\x8b" + bytes(50), "damaged or cut off"),
        (gzip.compress(b"t_s,ax,ay,az\n" * 9999)[:-20], "damaged or cut off"),
        (b"," * 300_000, "names no acceleration"),
    ):
        path.write_bytes(data)
        got = reason(path)
        assert any(word in got for word in words.split("|")), got


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "DeviceTag\nSampleTimeFine,AccX,AccY,AccZ,GyrX,GyrY,GyrZ\n0,0,0,9,0,5,5\n4,,,,7,1,9\n0,3,1,3,,,\n.2,6,9,6,8,1,6",
            "holds only 0 s",
        ),
        (f"{HEADER}\n\n", "no rows"),
        (f"{HEADER}\n\n \n\n", "no rows"),
    ],
    ids=["one moment", "a blank line", "blank lines"],
)
def test_next_to_nothing_is_refused_with_a_sentence(tmp_path, text, told):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(TableError, match=told):
        read_imu(tmp_path / "a.csv", Site.HEAD)


def test_a_packed_flood_is_stopped_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(imu_open, "MAX_TABLE_BYTES", 1 << 20)
    monkeypatch.setattr(imu_open, "_IN_MEMORY_BYTES", 1 << 20)
    flood = b"t_s,ax (g),ay (g),az (g)\n" + b"0.01,0.1,0.1,0.98\n" * 200_000
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(flood))
    with pytest.raises(TableError, match="unpacks to more"):
        read_imu(packed, Site.HEAD)
    with zipfile.ZipFile(tmp_path / "log.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("Accelerometer.csv", flood)
    with pytest.raises(TableError, match="too large to be read from the zip"):
        read_imu(tmp_path / "log.zip", Site.HEAD)


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_packed_in_an_unusual_way_is_not_unpacked(tmp_path, kind):
    with zipfile.ZipFile(tmp_path / "log.zip", "w", kind) as out:
        out.writestr("Accelerometer.csv", "t_s,ax (g),ay (g),az (g)\n" + "0.01,0.1,0.1,0.98\n" * 400)
    with pytest.raises(TableError, match="packed in an unusual way; please unpack it and name the folder"):
        read_imu(tmp_path / "log.zip", Site.HEAD)


def test_a_file_without_a_name_in_a_zip_is_no_table(tmp_path):
    t, acc, gyr = samples()
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as out:
        out.writestr("x", "nothing")
        out.writestr("Accelerometer.csv", "\n".join(lines(t, acc, gyr)))
    # `zipfile` writes no empty name itself: the "x" is cut out, in the entry and in the directory.
    whole = (tmp_path / "log.zip").read_bytes()
    at = whole.index(b"PK\x01\x02")
    whole = whole[: at + 28] + b"\0\0" + b"\x01\0" + whole[at + 32 :]  # the name's byte is now an extra field's
    (tmp_path / "log.zip").write_bytes(whole)
    assert zipfile.ZipFile(tmp_path / "log.zip").namelist()[0] == ""
    assert len(read_imu(tmp_path / "log.zip", Site.HEAD)) == len(t)


def test_a_spreadsheet_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "log.xlsx", "w") as out:
        out.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(TableError, match="save its sheet as CSV"):
        read_imu(tmp_path / "log.xlsx", Site.HEAD)


def test_too_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(imu_text, "MAX_TABLE_ROWS", 999)
    assert "million rows" in refused(tmp_path, lines(*samples()))
