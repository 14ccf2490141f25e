"""SIMULATED runs with a Polar sensor: frames of a second or more give the pitch and the events of any other sensor."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from simulated_log import (
    HeadEvent,
    SensorModel,
    head_info,
    merged,
    notifications,
    run_in_blocks,
    running,
    simulate,
    true_profile,
)

from calibration import store
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.sensors.polar_control import Setting
from monitor.sensors.polar_decoder import encode_config
from monitor.sensors.polar_encoding import encode_frame
from monitor.sensors.polar_frames import Measurement
from monitor.settings import Settings
from monitor.simulator.runner import SimulatedMotion
from monitor.values import Event, EventKind, LogEntry, Mode, PacketBlock, RunInfo, SensorInfo, Site, Track, packet

ACC, GYRO = Measurement.ACC, Measurement.GYRO
STARES = (HeadEvent(60, 75, 30.0), HeadEvent(100, 115, 35.0))
FORM, FACTOR = {ACC: 0x81, GYRO: 0x80}, {ACC: 1.0, GYRO: 2000 / 32768}
RATES_HZ = {"witmotion": 50.0, "polar": 52.0, "polar_acc": 50.0}
SETTLED_S = (25.0, 50.0)


def info_of(family: str) -> SensorInfo:
    if family == "witmotion":
        return head_info("witmotion", 50.0)
    rate = {Setting.RATE: (RATES_HZ[family],)}
    streams = {ACC: rate | {Setting.RANGE: (8,)}}
    if family == "polar":
        streams[GYRO] = rate | {Setting.RANGE: (2000,), Setting.FACTOR: (FACTOR[GYRO],)}
    return SensorInfo(
        "head", Site.HEAD, family, "SIM head", "sim:head", RATES_HZ[family], encode_config(streams), simulated=True
    )


def frames(family: str, motion: SimulatedMotion, rng: np.random.Generator, set_at_s: float = 1e9) -> list[PacketBlock]:
    """Frames of 36 to 71 samples of each measurement, each with its own delay; the clock is set a year on at a time."""
    out: list[PacketBlock] = []
    for kind in (ACC, GYRO) if family == "polar" else (ACC,):
        si, first = (motion.acc if kind is ACC else motion.gyr), 0
        while first + (n := int(rng.integers(36, 72))) <= len(motion):
            measured_ns = round(1e9 * (first + n - 1) / motion.rate_hz)
            stamp_ns = 6 * 10**17 + measured_ns + (31_536_000 * 10**9 if measured_ns > set_at_s * 1e9 else 0)
            data = encode_frame(kind, FORM[kind], stamp_ns, si[first : first + n], FACTOR[kind])
            out.append(packet("head", measured_ns + round(rng.exponential(0.05) * 1e9), data))
            first += n
    return out


@cache
def run_of(family: str) -> tuple[SimulatedMotion, list[LogEntry]]:
    motion = simulate(running(140.0, head=STARES), SensorModel(site=Site.HEAD, rate_hz=RATES_HZ[family], seed=1))
    rng = np.random.default_rng(2)
    return motion, merged(
        notifications(info_of(family), motion, rng) if family == "witmotion" else frames(family, motion, rng)
    )


@cache
def seen_by(family: str) -> tuple[Track, list[Event]]:
    motion, entries = run_of(family)
    tracks, events, _ = run_in_blocks([info_of(family)], true_profile(motion), entries, len(entries))
    return tracks["head"], events


def error_deg(family: str) -> float:
    """RMSE of 1 s means of the pitch, relative to a neutral stretch, at the shift in time that fits best."""
    (motion, _), (track, _) = run_of(family), seen_by(family)
    seconds = np.arange(20, 135)

    def error(shift_s: float) -> float:
        t_s, known = track.t_ns / 1e9 + shift_s, track.valid
        truth = np.interp(t_s, motion.t_s, motion.head_posture_deg)
        off = np.array([(track.angle_deg - truth)[known & (t_s >= s) & (t_s < s + 1)].mean() for s in seconds])
        off -= off[(seconds >= SETTLED_S[0]) & (seconds < SETTLED_S[1])].mean()
        return float(np.sqrt(np.mean(off**2)))

    return min(error(shift_s) for shift_s in np.arange(-2, 2.01, 0.1))


def test_pitch_is_as_good_as_from_a_sensor_that_sends_each_sample_at_once() -> None:
    assert error_deg("polar") <= error_deg("witmotion") + 0.1
    assert error_deg("polar_acc") <= 0.7


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_stares_are_found_and_cued_and_their_dwell_is_in_sample_time(family: str) -> None:
    _, events = seen_by(family)
    assert [(e.kind, e.prompted) for e in events] == [(EventKind.HEAD_DOWN, True)] * 2
    for event in events:
        held_s = event.t_ns / 1e9 - float(event.detail["onset_s"])
        assert held_s == pytest.approx(Settings().road.dwell_s, abs=0.1), "a second of delay is no second of staring"
    apart_s = (events[1].t_ns - events[0].t_ns) / 1e9
    assert apart_s == pytest.approx(STARES[1].on_s - STARES[0].on_s, abs=0.5)


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_a_run_begins_with_its_first_sample(family: str) -> None:
    track, _ = seen_by(family)
    assert 0 <= track.t_ns[0] / 1e9 < 1.0


def test_a_cue_comes_two_frames_after_the_dwell_at_the_latest() -> None:
    motion, entries = run_of("polar")
    dwell_s, longest_frame_s, settled_s = Settings().road.dwell_s, 71 / 52, 0.9
    for number, stare in enumerate(STARES, start=1):
        until_s = stare.on_s + dwell_s + settled_s + 2 * longest_frame_s
        arrived = [e for e in entries if isinstance(e, PacketBlock) and e.t_ns[0] < until_s * 1e9]
        _, events, _ = run_in_blocks([info_of("polar")], true_profile(motion), arrived, len(arrived))
        assert len(events) == number


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_any_grouping_gives_the_same_events_and_track(family: str) -> None:
    motion, entries = run_of(family)
    until_80_s = [e for e in entries if isinstance(e, PacketBlock) and e.t_ns[0] < 80e9]
    (one, events), (whole, same) = (
        run_in_blocks([info_of(family)], true_profile(motion), until_80_s, size)[:2] for size in (1, len(until_80_s))
    )
    assert events == same
    assert len(events) == 1
    assert np.array_equal(one["head"].t_ns, whole["head"].t_ns)
    assert np.array_equal(one["head"].angle_deg, whole["head"].angle_deg, equal_nan=True)


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_a_clock_that_is_set_on_the_way_brings_no_false_event(family: str) -> None:
    motion, _ = run_of(family)
    entries = merged(frames(family, motion, np.random.default_rng(2), set_at_s=85.0))
    tracks, events, _ = run_in_blocks([info_of(family)], true_profile(motion), entries, 7)
    assert [e.kind for e in events] == [EventKind.HEAD_DOWN] * 2
    track = tracks["head"]
    assert np.all(np.diff(track.t_ns) >= 0)
    assert track.t_ns[-1] / 1e9 < 142, "a year on the sensor's clock is no year of the run"
    assert np.diff(track.t_ns).max() / 1e9 < 4


def test_lost_frames_are_gaps_and_no_false_event() -> None:
    motion, entries = run_of("polar")
    rng = np.random.default_rng(5)
    kept = [entry for entry in entries if rng.random() > 0.05]
    _, events, pipeline = run_in_blocks([info_of("polar")], true_profile(motion), kept, 7)
    assert [e.kind for e in events] == [EventKind.HEAD_DOWN] * 2
    (quality,) = pipeline.push([]).quality
    assert 0 < quality.lost < 0.2 * quality.samples
    assert quality.rejected == 0


@pytest.mark.parametrize("family", ["polar", "polar_acc"])
def test_a_recording_holds_all_that_is_needed(family: str, tmp_path: Path) -> None:
    motion, entries = run_of(family)
    track, events = seen_by(family)
    info, path = info_of(family), tmp_path / "run.headsup"
    run = RunInfo("run", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "test")
    writer = RecordingWriter(path, run, Settings().to_json(), store.to_json(true_profile(motion)))
    writer.append_sensor(info, 0)
    for entry in entries:
        writer.append(entry)
    assert writer.close().sentence == ""
    with open_recording(path) as recording:
        assert recording.sensors == (info,)
        analysed = analyse(recording)
    assert [e for e in analysed.events if e.kind is EventKind.HEAD_DOWN] == events
    assert np.array_equal(analysed.tracks["head"].t_ns, track.t_ns)
