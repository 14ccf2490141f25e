"""A run begins with its first sample: not with a battery's answer, nor with half a frame that came before it."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.pipeline import Pipeline, join_tracks
from monitor.recording.reader import open_recording
from monitor.recording.store import RunFile
from monitor.review.analyse import analyse
from monitor.review.replay import run_origin_ns
from monitor.sensors import witmotion
from monitor.settings import Settings
from monitor.timing.origin import OriginSearch
from monitor.values import (
    NS_PER_S,
    EventKind,
    LinkChange,
    LinkState,
    LogEntry,
    Mark,
    Mode,
    RunInfo,
    SensorInfo,
    Site,
    packet,
)

HEAD = SensorInfo("head", Site.HEAD, "witmotion", "WT SIMULATED", "a", 100.0, simulated=True)
COLLAR = SensorInfo("collar", Site.COLLAR, "witmotion", "WT SIMULATED", "b", 100.0, simulated=True)
BATTERY = bytes.fromhex("557164008b01") + bytes(14)
MS = 10**6
COUNT = 600


def frames(n: int = COUNT) -> list[bytes]:
    rng = np.random.default_rng(3)
    data = witmotion.encode_frames(rng.normal((0, 0, 9.8), 1.0, (n, 3)), rng.normal(0, 1, (n, 3)))
    return [data[i : i + 20] for i in range(0, len(data), 20)]


def stream(key: str, begin_ms: int) -> list[LogEntry]:
    """One frame every 10 ms."""
    return [packet(key, (begin_ms + 10 * i) * MS, frame) for i, frame in enumerate(frames())]


def head_log() -> list[LogEntry]:
    """A battery's answer at 0.1 s, the samples from 0.7 s on."""
    return [packet("head", 100 * MS, BATTERY), Mark(400 * MS, "cramp"), *stream("head", 700)]


def in_pieces(entries: list[LogEntry], size: int) -> list[list[LogEntry]]:
    return [entries[i : i + size] for i in range(0, len(entries), size)]


def test_the_answer_is_one():
    assert witmotion.battery_percent(BATTERY) is not None


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_battery_answer_first_does_not_begin_the_run_however_the_log_is_cut(size):
    pipeline = Pipeline([HEAD], None, Settings())
    outs = [pipeline.push(piece) for piece in in_pieces(head_log(), size)]
    assert pipeline.origin_ns == 700 * MS
    whole = Pipeline([HEAD], None, Settings()).push(head_log())
    track = join_tracks([track for out in outs for track in out.tracks])
    assert track.t_ns.tobytes() == whole.tracks[0].t_ns.tobytes()
    assert track.t_ns[0] >= 0, "no sample lies before the run"
    marks = [event for out in outs for event in out.events if event.kind is EventKind.MARK]
    assert [event.t_ns for event in marks] == [0], "the mark came before it"


def test_a_recording_tells_the_same_time_as_the_run_and_as_its_analysis(tmp_path):
    path = tmp_path / "a.headsup"
    out = RunFile(path, live=False)
    run = RunInfo("run-1", "2026-11-22T09:30:00+00:00", Mode.ROAD, simulated=True, app_version="0")
    out.add_head(run, Settings().to_json(), "")
    out.add_sensor(HEAD, 0)
    for entry in head_log():
        if isinstance(entry, Mark):
            out.add_control(entry)
        else:
            out.add_packets(entry, NS_PER_S)
    out.commit()
    out.finish(10 * NS_PER_S)
    with open_recording(path) as recording:
        assert run_origin_ns(recording) == 700 * MS
        assert analyse(recording).origin_ns == 700 * MS


def test_a_run_that_begins_with_its_data_begins_as_it_always_did():
    search = OriginSearch()
    search.add_sensor(HEAD)
    four = b"".join(frames(4))
    assert search.take([packet("head", 700 * MS, four)]) == (700 - 30) * MS, "three samples before the last"


def test_of_two_sensors_the_first_with_a_sample_begins_the_run():
    entries = [packet("head", 100 * MS, BATTERY), *stream("head", 700), *stream("collar", 300)]
    entries.sort(key=lambda entry: int(entry.t_ns[0]))
    for size in (1, 10_000):
        search = OriginSearch()
        for info in (HEAD, COLLAR):
            search.add_sensor(info)
        found = (search.take(piece) for piece in in_pieces(entries, size))
        assert next(t_ns for t_ns in found if t_ns is not None) == 300 * MS


@pytest.mark.parametrize("size", [1, 10_000])
def test_half_a_frame_of_a_lost_link_is_not_joined_to_what_comes_after(size):
    head, tail = frames(1)[0][:12], frames(1)[0][12:]
    entries: list[LogEntry] = [
        packet("head", 100 * MS, head),
        LinkChange("head", 200 * MS, LinkState.LOST, "gone"),
        LinkChange("head", 300 * MS, LinkState.STREAMING),
        packet("head", 301 * MS, tail),
        *stream("head", 700),
    ]
    pipeline = Pipeline([HEAD], None, Settings())
    for piece in in_pieces(entries, size):
        pipeline.push(piece)
    assert pipeline.origin_ns == 700 * MS


def test_rubbish_alone_begins_no_run():
    pipeline = Pipeline([HEAD], None, Settings())
    out = pipeline.push([packet("head", i * MS, b"rubbish") for i in range(1, 1000)])
    assert pipeline.origin_ns is None
    assert out.tracks == ()
    assert out.events == ()


def test_sensors_that_were_never_added_are_ignored():
    search = OriginSearch()
    search.add_sensor(COLLAR)
    search.relink("head")
    assert search.take(stream("head", 10)) is None
