"""A run without a watch as a FIT activity, read back by two libraries."""

from __future__ import annotations

from dataclasses import replace

import fitdecode
import fitparse
import numpy as np
import pytest
from fit_reading import by_fitdecode, by_fitparse, made_up
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import HeadsUpError
from monitor.interop.crc import fit_crc
from monitor.interop.fit_write import RunSeconds, fit_activity

BEGAN = 1_763_800_000
READERS = {"fitdecode": by_fitdecode, "fitparse": by_fitparse}


def belt(n: int = 1201, speed: float = 3.0, **changes) -> RunSeconds:
    """Twenty minutes on a treadmill at 3 m/s and 2 %, with a strap that speaks up after ten seconds."""
    second = np.arange(n)
    run = RunSeconds(
        start_unix_s=BEGAN,
        start_s=0.25,
        speed_m_s=np.full(n, speed),
        distance_m=speed * second,
        grade=np.full(n, 0.02),
        heart_bpm=np.where(second < 10, np.nan, 140.0 + second % 7),
        cadence_spm=np.full(n, 171.0),
        treadmill=True,
        lap_m=1000.0,
        run_id="run-1",
        app_version="0.1.0",
    )
    return replace(run, **changes)


@pytest.mark.parametrize("reader", READERS)
def test_every_record_is_read_back(reader):
    series = made_up(0.0, 1300.0, hole=(100.0, 130.0))
    run = belt()
    read = READERS[reader](fit_activity(run, series))
    assert dict(read.names) == {
        "file_id": 1, "device_info": 1, "event": 2, "record": 1201, "lap": 4, "session": 1, "activity": 1,
    }  # fmt: skip
    rows = series.at(0.25 + np.arange(1201))
    ours = [v for m, v in read.ours if m == "record"]
    got = np.array([np.nan if v["head_pitch"] is None else v["head_pitch"] for v in ours])
    np.testing.assert_array_equal(got, rows.head_pitch_deg.astype(np.float32).astype(float))
    assert 29 <= np.isnan(got).sum() <= 30
    assert [v["posture_state"] if v["posture_state"] is not None else 255 for v in ours] == rows.state.tolist()
    record = next({n for n, *_ in f} for m, f in read.messages[100:] if m == "record")
    assert {"heart_rate", "cadence", "fractional_cadence", "distance", "grade"} <= record


def test_what_a_watch_would_have_written():
    with fitdecode.FitReader(fit_activity(belt(), made_up(0.0, 1300.0)), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA]
    records = [f for f in frames if f.name == "record"]
    assert records[0].get_value("timestamp").timestamp() == BEGAN
    assert records[0].get_value("heart_rate") is None
    last = records[-1]
    assert last.get_value("timestamp").timestamp() == BEGAN + 1200
    assert last.get_value("heart_rate") == 140 + 1200 % 7
    assert (last.get_value("cadence"), last.get_value("fractional_cadence")) == (85, 0.5)
    assert (last.get_value("speed"), last.get_value("distance"), last.get_value("grade")) == (3.0, 3600.0, 2.0)
    laps = [f for f in frames if f.name == "lap"]
    assert [lap.get_value("total_distance") for lap in laps] == [1002.0, 999.0, 999.0, 600.0]
    assert [lap.get_value("lap_trigger") for lap in laps] == ["distance"] * 3 + ["session_end"]
    [session] = [f for f in frames if f.name == "session"]
    assert (session.get_value("sport"), session.get_value("sub_sport")) == ("running", "treadmill")
    assert session.get_value("total_distance") == 3600.0
    assert session.get_value("total_elapsed_time") == session.get_value("total_timer_time") == 1200.0
    assert session.get_value("num_laps") == 4
    assert session.get_value("avg_speed") == 3.0
    assert session.get_value("max_heart_rate") == 146
    assert sum(lap.get_value("posture_cues") for lap in laps) == session.get_value("posture_cues") == 4
    events = [(f.get_value("event"), f.get_value("event_type")) for f in frames if f.name == "event"]
    assert events == [("timer", "start"), ("timer", "stop_all")]
    assert frames[0].name == "file_id"
    assert frames[0].get_value("type") == "activity"


def test_a_run_of_which_nothing_but_posture_is_known():
    nothing = np.full(30, np.nan)
    run = belt(30, speed_m_s=nothing, distance_m=nothing, grade=nothing, heart_bpm=nothing, cadence_spm=nothing,
               treadmill=False)  # fmt: skip
    data = fit_activity(run, made_up(0.0, 60.0))
    read = by_fitparse(data)
    assert read.names["lap"] == 1
    fields = next({n for n, *_ in f} for m, f in read.messages if m == "record")
    assert fields == {"timestamp"}
    [session] = fitparse.FitFile(data).get_messages("session")
    assert session.get_value("sub_sport") == "generic"
    assert session.get_value("total_distance") is None


def test_a_simulated_run_says_so():
    data = fit_activity(belt(10), made_up(0.0, 10.0, simulated=True))
    assert data.count(b"Heads Up SIMULATED\0") == 2
    assert data.count(b"simulated_head_pitch\0") == 1


def test_miles_make_laps_of_miles():
    assert by_fitdecode(fit_activity(belt(lap_m=1609.344), made_up(0.0, 10.0))).names["lap"] == 3


@pytest.mark.parametrize("changes", [{"start_unix_s": 0}, {"start_unix_s": 1 << 40}])
def test_a_date_that_fit_cannot_hold(changes):
    with pytest.raises(HeadsUpError, match="date"):
        fit_activity(belt(5, **changes), made_up(0.0, 10.0))


numbers = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 20)


@given(data=st.data(), n=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_any_numbers_make_a_file_that_is_read(data, n):
    column = lambda: np.array(data.draw(st.lists(numbers, min_size=n, max_size=n)))  # noqa: E731
    run = belt(n, speed_m_s=column(), distance_m=column(), grade=column(), heart_bpm=column(), cadence_spm=column())
    made = fit_activity(run, made_up(0.0, 10.0))
    assert fit_crc(made) == 0
    assert by_fitdecode(made).names["record"] == n
