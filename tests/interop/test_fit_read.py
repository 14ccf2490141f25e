"""FIT files of watches: every column, whole, chained, truncated, damaged."""

import warnings

import fitdecode
import made_watch_files as made
import numpy as np
import pytest

from monitor.errors import HeadsUpError
from monitor.interop import fit_read, points
from monitor.interop.reading import read_watch
from monitor.interop.watch import COLUMNS, WatchFile


@pytest.fixture
def read(tmp_path):
    def read_bytes(data, **options):
        path = tmp_path / "run.dat"  # the name tells nothing
        path.write_bytes(data)
        return read_watch(path, **options)

    return read_bytes


def test_fenix_2_counts_strides_and_we_count_steps(shared_data):
    path = shared_data / "watch" / "activity-small-fenix2-run.fit"
    track = read_watch(path)
    with warnings.catch_warnings(), fitdecode.FitReader(path) as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA]
    records = [f for f in frames if f.name == "record"]
    strides = np.array([f.get_value("cadence") for f in records], float)
    np.testing.assert_array_equal(track.cadence_spm, 2 * strides)
    assert np.median(track.cadence_spm) == 166
    np.testing.assert_array_equal(track.heart_bpm, [f.get_value("heart_rate") or np.nan for f in records])
    times = [round(f.get_value("timestamp").timestamp()) * 10**9 for f in records]
    assert track.t_ns.tolist() == times
    assert (track.source, track.sport, track.device) == (WatchFile.FIT, "running", "garmin fenix2")
    assert track.started_utc == "2015-08-15T14:45:08+00:00"
    assert [lap.label for lap in track.laps] == ["Lap 1", "Lap 2", "Lap 3", "Lap 4"]
    assert track.laps[1].distance_m == pytest.approx(2987.88)
    assert track.distance_m[-1] == pytest.approx(9007.07)
    assert track.warnings == ()
    assert track.pauses == ()


def test_fenix_5_has_half_strides_and_its_laps_agree(shared_data):
    track = read_watch(shared_data / "watch" / "garmin-fenix-5-run.fit")
    assert len(track) == 21
    # total_strides of its one lap is 78 in 56.887 s: about 165 steps a minute, standing at the start included
    moving = track.cadence_spm[track.cadence_spm > 0]
    assert np.median(moving) == pytest.approx(180, abs=3)
    assert np.any(moving % 2 == 1)  # the fraction of half a stride is a step
    walk = read_watch(shared_data / "watch" / "garmin-fenix-5-walk.fit")
    assert walk.sport == "walking"
    assert walk.cadence_spm[0] == 107.0  # 53 strides and a half


def test_developer_fields_are_passed_over_and_named(shared_data):
    track = read_watch(shared_data / "watch" / "developer-types-sample.fit")
    assert track.developer_fields == ("Form Power", "Leg Spring Stiffness", "Speed", "Distance")
    # its developer field 'Distance' ends at 6814 m, the watch's own at 6754
    assert track.distance_m[-1] == pytest.approx(6753.99)


def test_compressed_times_of_a_watch_without_a_zone(shared_data):
    track = read_watch(shared_data / "watch" / "compressed-speed-distance.fit")
    assert len(track) == 755
    assert (np.diff(track.t_ns) > 0).all()
    assert (track.t_ns[-1] - track.t_ns[0]) / 1e9 == 3880
    assert track.distance_m[np.isfinite(track.distance_m)][-1] == pytest.approx(10_248.67, abs=0.1)
    assert track.started_utc == "2012-02-13T11:16:16+00:00"
    assert any("time zone" in sentence for sentence in track.warnings)
    assert [round((p.end_ns - p.start_ns) / 1e9) for p in track.pauses] == [110]
    assert len(track.laps) == 11
    assert track.laps[0].start_ns >= track.t_ns[0]


def test_every_column_is_as_long_as_the_times(shared_data):
    for path in sorted((shared_data / "watch").glob("*.fit")):
        track = read_watch(path)
        assert (np.diff(track.t_ns) > 0).all()
        for name in COLUMNS:
            values = getattr(track, name)
            assert values.shape == track.t_ns.shape
            assert values.dtype == np.float64


# ---------------------------------------------------------------- made files


def test_times_fraction_and_absent_values(read):
    track = read(
        made.fit(made.record(0, fraction=64), made.record(1, heart=0xFF, cadence=0xFF), made.record(2, cadence=0))
    )
    assert track.t_ns.tolist() == [(made.UTC_START + s) * 10**9 for s in range(3)]
    np.testing.assert_array_equal(track.cadence_spm, [169.0, np.nan, 0.0])
    np.testing.assert_array_equal(track.heart_bpm, [150.0, np.nan, 150.0])
    assert np.isnan(track.lat_deg).all()


def test_a_file_that_counts_steps_already_is_not_doubled(read):
    track = read(made.fit(*(made.record(s, cadence=172) for s in range(10))))
    assert track.cadence_spm[0] == 172
    assert any("both feet" in sentence for sentence in track.warnings)


def test_pedalling_is_no_cadence(read):
    track = read(made.fit(made.record(0), made.record(1), made.session(0, 2, sport=2)))
    assert np.isnan(track.cadence_spm).all()
    assert any("cycling" in sentence for sentence in track.warnings)


def test_stop_and_start_are_a_pause_and_the_last_stop_is_not(read):
    parts = [made.timer(0, 0), made.record(0), made.timer(10, 4), made.timer(70, 0), made.record(70), made.timer(90, 4)]
    track = read(made.fit(*parts))
    assert [(p.start_ns, p.end_ns) for p in track.pauses] == [
        ((made.UTC_START + 10) * 10**9, (made.UTC_START + 70) * 10**9)
    ]


def test_laps_ended_by_the_button_are_presses_but_not_the_last_one(read):
    def lap(start, seconds, trigger):
        times = {253: ("I", made.FIT_START + start + seconds), 2: ("I", made.FIT_START + start)}
        return made.message(made.LAP, times | {7: ("I", seconds * 1000), 24: ("B", trigger)})

    laps = [lap(0, 100, 0), lap(100, 50, 2), lap(150, 30, 0), lap(180, 20, 0)]
    track = read(made.fit(*(made.record(s) for s in range(200)), *laps))
    assert [lap.trigger for lap in track.laps] == ["manual", "distance", "manual", "manual"]
    assert ((track.pressed_ns // 10**9) - made.UTC_START).tolist() == [100, 180]


def test_points_of_one_second_are_one_and_disorder_is_sorted_and_said(read):
    track = read(made.fit(made.record(5), made.record(3, heart=140), made.record(3, heart=0xFF, cadence=80)))
    np.testing.assert_array_equal(track.heart_bpm, [140.0, 150.0])
    np.testing.assert_array_equal(track.cadence_spm, [160.0, 168.0])
    assert any("sorted" in sentence for sentence in track.warnings)


def test_a_chained_file_is_read_through_and_one_activity_can_be_asked_for(read):
    first = made.fit(*(made.record(s) for s in range(60)), made.session(0, 60, sport=1))
    second = made.fit(*(made.record(s, heart=100) for s in range(600, 630)), made.session(600, 30, sport=11))
    track = read(first + second)
    assert len(track) == 90
    assert [s.sport for s in track.sessions] == ["running", "walking"]
    one = read(first + second, session=2)
    assert len(one) == 30
    assert one.sport == "walking"
    assert (one.heart_bpm == 100).all()
    with pytest.raises(HeadsUpError, match="2 activities, not 3"):
        read(first + second, session=3)


def test_a_wrong_checksum_is_a_warning(read):
    track = read(made.fit(made.record(0), made.record(1), crc_off_by=1))
    assert len(track) == 2
    assert any("checksum" in sentence for sentence in track.warnings)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_truncated_file_gives_what_is_there(read, shared_data, keep):
    whole = (shared_data / "watch" / "activity-small-fenix2-run.fit").read_bytes()
    track = read(whole[: int(keep * len(whole))])
    assert len(track) == pytest.approx(keep * 2809, rel=0.02)
    assert any("too early" in sentence for sentence in track.warnings)


def test_no_points_are_one_clear_sentence(read):
    with pytest.raises(HeadsUpError, match="there is no recorded run in this file"):
        read(made.fit(made.timer(0, 0)))


def test_a_wild_clock_leaves_a_point_out_and_not_the_run(read):
    wild = made.message(made.RECORD, {253: ("I", 0xF000_0000), 3: ("B", 99)})
    track = read(made.fit(*(made.record(s) for s in range(5)), wild))
    assert len(track) == 5
    assert any("left out" in sentence for sentence in track.warnings)


def test_messages_and_points_are_bounded(read, monkeypatch):
    data = made.fit(*(made.record(s) for s in range(50)))
    monkeypatch.setattr(points, "MOST_POINTS", 20)
    assert len(read(data)) == 20
    monkeypatch.setattr(fit_read, "MOST_MESSAGES", 10)
    track = read(data)
    assert len(track) < 10
    assert any("too many messages" in sentence for sentence in track.warnings)
