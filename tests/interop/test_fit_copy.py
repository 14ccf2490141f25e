"""A watch's file with our fields: nothing of the original is lost, and two other programs read ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fit_reading import FIT_FILES, by_fitdecode, by_fitparse, copied_at, made_up, strip_ours, times

from monitor.alignment.choose import by_hand
from monitor.interop.fit_copy import copy_with_posture
from monitor.interop.fit_parts import split_parts
from monitor.interop.fit_wire import FitError
from monitor.values import NS_PER_S

READERS = {"fitdecode": by_fitdecode, "fitparse": by_fitparse}


@pytest.mark.parametrize("name", FIT_FILES)
def test_every_byte_of_the_original_is_carried_over(shared_data, name):
    original = (shared_data / "watch" / name).read_bytes()
    copied = copied_with_a_hole(original).data
    [before], [after] = split_parts(original, name), split_parts(copied, name)
    index = 1 if name == "developer-types-sample.fit" else 0
    assert strip_ours(copied, [index]) == [before.body]
    assert len(after.body) > len(before.body)
    assert after.header[0] == before.header[0]
    assert after.header[1] >= 0x20
    assert after.header[2:4] + after.header[8:12] == before.header[2:4] + before.header[8:12]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", FIT_FILES)
def test_two_libraries_read_the_original_and_our_values(shared_data, name, reader):
    original = (shared_data / "watch" / name).read_bytes()
    read, start = READERS[reader], times(original)[0]
    seconds = times(original)[-1] - start + 1.0
    series = made_up(start, seconds, hole=(5.0, 9.4))
    copy = copied_at(original, series, start, name)
    before, after = read(original), read(copy.data)
    assert after.messages == before.messages
    assert after.names == before.names

    ours = [values for message, values in after.ours if message == "record"]
    at = np.array(times(original), float) - start
    assert len(ours) == len(at) == copy.records
    expected = series.at(at)
    for column, wanted in (
        ("head_pitch", expected.head_pitch_deg),
        ("gaze_distance", np.minimum(expected.gaze_m, 15.0)),
        ("shoulder_score", 100.0 * expected.shoulder),
    ):
        got = np.array([np.nan if row[column] is None else row[column] for row in ours])
        np.testing.assert_array_equal(got, wanted.astype(np.float32).astype(float))
    states = [255 if row["posture_state"] is None else row["posture_state"] for row in ours]
    assert states == expected.state.tolist()
    inside = (at > 5.5) & (at < 8.9)
    assert all(row["head_pitch"] is None for row, blind in zip(ours, inside, strict=True) if blind)
    assert copy.matched == int(np.isfinite(expected.head_pitch_deg).sum())


@pytest.mark.parametrize("reader", READERS)
def test_laps_and_the_session_carry_sums_of_their_own_time(shared_data, reader):
    original = (shared_data / "watch" / "activity-small-fenix2-run.fit").read_bytes()
    start = times(original)[0]
    series = made_up(start, 2900.0)
    after = READERS[reader](copied_at(original, series, start, "run.fit").data)
    sums = {kind: [v for m, v in after.ours if m == kind] for kind in ("lap", "session")}
    assert [len(sums["lap"]), len(sums["session"])] == [4, 1]
    # Laps begin 1, 272, 1109 and 1868 s after the first record and last 270, 836, 758 and 965 s.
    for (a, b), told in zip(((1, 271), (272, 1108), (1109, 1867), (1868, 2833)), sums["lap"], strict=True):
        part = (series.t_s >= a) & (series.t_s < b)
        assert told["head_pitch_avg"] == pytest.approx(series.head_pitch_deg[part].mean(), abs=1e-4)
        assert told["head_down_time"] == pytest.approx(series.past[part].sum() * 0.2, abs=1e-2)
        assert told["shoulder_score_avg"] == pytest.approx(25.0)
        assert told["posture_cues"] == sum(a <= t < b for t in range(100, 2900, 300))
    assert sums["session"][0]["posture_cues"] == 10


def test_an_offset_moves_the_values_by_whole_and_part_seconds(shared_data):
    original = (shared_data / "watch" / "activity-small-fenix2-run.fit").read_bytes()
    start = times(original)[0]
    series = made_up(start, 1000.0)
    at = np.array(times(original), float) - start
    for offset_s in (0.0, 37.0, -512.5, 0.4):
        rows = by_fitdecode(copied_at(original, series, start + offset_s, "x").data).ours
        got = np.array([np.nan if v["head_pitch"] is None else v["head_pitch"] for m, v in rows if m == "record"])
        np.testing.assert_array_equal(got, series.at(at - offset_s).head_pitch_deg.astype(np.float32).astype(float))
        assert np.isfinite(got).any()
        assert np.isnan(got).any()  # the watch ran longer


def test_a_simulated_run_says_so_in_every_name(shared_data):
    original = (shared_data / "watch" / "garmin-fenix-5-run.fit").read_bytes()
    start = times(original)[0]
    copied = copied_at(original, made_up(start, 60.0, simulated=True), start, "x").data
    assert copied.count(b"simulated_head_pitch\0") == 1
    assert copied.count(b"head_pitch\0") == 1


def test_a_copy_is_not_copied_again(shared_data):
    original = (shared_data / "watch" / "garmin-fenix-5-run.fit").read_bytes()
    start = times(original)[0]
    copied = copied_with_a_hole(original).data
    with pytest.raises(FitError, match="carries numbers of Heads Up already"):
        copied_at(copied, made_up(start, 60.0), start, "run.fit")


def test_runs_that_share_no_time_are_refused_with_what_lies_between(shared_data):
    original = (shared_data / "watch" / "garmin-fenix-5-run.fit").read_bytes()
    start, end = times(original)[0], times(original)[-1]
    series = made_up(start, 60.0)
    with pytest.raises(FitError, match=r"shares no time with the recording: 60 min lie between"):
        copied_at(original, series, start - 3660, "run.fit")
    with pytest.raises(FitError, match=r"40 s lie between them. If a clock was wrong, give --offset"):
        copied_at(original, series, end + 40, "run.fit")


def copied_with_a_hole(original: bytes):
    start = times(original)[0]
    return copied_at(original, made_up(start, 3000.0, hole=(60.0, 90.0)), start, "x")


def test_a_clock_that_drifts_is_followed(shared_data):
    original = (shared_data / "watch" / "activity-small-fenix2-run.fit").read_bytes()
    start = times(original)[0]
    series = made_up(start, 2900.0)
    aligned = replace(by_hand(-2.0), drift_ppm=2000.0)
    made = copy_with_posture(original, series, lambda t: aligned.run_s(start * NS_PER_S, t), "x")
    got = [v["head_pitch"] for m, v in by_fitdecode(made.data).ours if m == "record"]
    at = (np.array(times(original), float) - start + 2.0) / 1.002
    wanted = series.at(at).head_pitch_deg
    assert wanted[-1] != pytest.approx(series.at(at[-1:] * 1.002).head_pitch_deg[0], abs=0.3)
    np.testing.assert_array_equal(np.array(got, float), wanted.astype(np.float32).astype(float))
