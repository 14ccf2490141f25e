"""The benches do what they say: a short live run is the same as its replay, and the tables tell what was missed."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from dataclasses import fields

import numpy as np
import pytest

from monitor.outputs import portaudio
from monitor.outputs.mixer import Mixer, Voice
from monitor.outputs.portaudio import OutputDevice
from monitor.sensors import registry, scheme
from monitor.values import PipelineOutput, Track, join_packets
from tests.benches import day_child, live_bench, live_child
from tests.benches.live_wearer import scenario
from tests.benches.material import info, packets, part, without
from tests.benches.probes import JOINED, DecisionTimes, TimedSound
from tests.benches.processes import TELLS, Observer, Sample
from tests.benches.rows import Row, below, missing, spread_ms, table


@pytest.mark.slow
def test_a_short_live_run_is_bit_for_bit_its_replay(tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = live_child.run(0.55, tmp_path / "live.headsup", sound=False)
    assert found["same_events"]
    assert found["same_values"]
    assert found["kinds"] == {"head_down": 1, "mark": 1}
    assert found["values"] > 10_000
    assert found["lost_entries"] == 0
    assert found["grounds"] >= 3
    assert found["heart_beats"] >= 10
    # Two sensors at 100 Hz for half a minute, one sample and five samples a notification, less the search.
    assert len(found["notification_ns"]) > 0.8 * 120 * 30
    assert sum(found["batches"]) == len(found["notification_ns"])
    assert min(found["notification_ns"]) > 0
    assert found["reader_notifications"] >= len(found["notification_ns"])
    assert found["reader_core_s"] > 0
    assert len(found["shown_s"]) > 100
    assert found["ticks_s"] == sorted(found["ticks_s"])
    assert found["started_s"] < found["turned_s"] < found["ended_s"]
    assert {"session", "recording", "bluetooth", "companions"} <= set(found["threads"].values())


def test_the_runner_of_ten_minutes_gives_cause_for_ten_events():
    asked = scenario(600.0)
    assert len(asked.head) >= 10
    assert len(asked.shoulders) >= 4
    assert len(scenario(30.0).head) == 1
    assert scenario(10.0).head == ()


def test_a_missed_target_is_marked_and_a_missing_figure_is_not_a_met_one():
    rows = [
        below("a", "21 ms", 21.0, 20.0, "20 ms"),
        below("b", "20 ms", 20.0, 20.0, "20 ms"),
        below("c", "nothing came", math.nan, 20.0, "20 ms"),
        missing("d", "no PulseAudio", "100 ms"),
        Row("e", "5", load=0.25),
    ]
    lines = table(rows).splitlines()[2:]
    assert ["MISSED" in line for line in lines] == [True, False, True, False, False]
    assert ["| met |" in line for line in lines] == [False, True, False, False, False]
    assert "not measured: no PulseAudio" in lines[3]
    assert lines[4] == "| e | 5 |  |  | 0.2 |"


def test_spread_of_times():
    text, p99 = spread_ms(range(1, 102))
    assert text == "p50 51.0, p99 100.0, max 101.0 ms (101)"
    assert p99 == 100.0
    assert math.isnan(spread_ms([])[1])


def test_onsets_belong_to_the_alert_before_them():
    assert live_bench.first_after([50, 3_000_000], [0, 1_000_000, 3_000_001]) == [50 / 1e6, 2.0]
    assert live_bench.first_after([2_000_000_001], [0]) == []


def test_shares_of_a_core_are_of_the_span_asked_for():
    observer = Observer(1)
    for t_s in range(5):
        observer.samples.append(
            Sample(float(t_s), {7: 0.5 * t_s, **({8: 0.1} if t_s > 2 else {})}, {7: 0.1 * t_s}, 1.0, 1)
        )
    assert observer.shares(1.0, 3.0) == {7: 0.5, 8: 0.05}
    assert observer.shares(1.0, 1.5) == {}
    assert observer.waits(0.0, 4.0) == {7: pytest.approx(0.1)}


@pytest.mark.skipif(not TELLS, reason="only Linux has /proc")
def test_a_process_is_seen_from_outside(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    observer = Observer(child.pid, every_s=0.1)
    observer.start()
    try:
        while len(observer.samples) < 8 and child.poll() is None:
            time.sleep(0.05)
    finally:
        observer.stop()
        child.kill()
        child.wait(10)
    assert observer.shares(0.0, math.inf)[child.pid] > 0.05
    assert observer.samples[-1].memory_mb > 1


def test_parts_of_a_block_are_its_notifications():
    rng = np.random.default_rng(1)
    whole = packets(info("head").key, rng.normal(size=(10, 3)), rng.normal(size=(10, 3)))
    some = part(whole, 3, 7)
    assert some.payloads() == whole.payloads()[3:7]
    assert some.t_ns.tolist() == whole.t_ns[3:7].tolist()
    few = without(0.5, whole, np.random.default_rng(2))
    assert 0 < len(few.t_ns) < 10
    assert few.payloads() == [whole.payloads()[whole.t_ns.tolist().index(t)] for t in few.t_ns.tolist()]


class Stream:
    """A stream that takes what it is given."""

    latency = 0.07


def test_the_first_sample_of_a_sound_is_its_onset(monkeypatch):
    fills = []

    def open_stream(sd, device, fill, underflow):
        fills.append(fill)
        return Stream()

    monkeypatch.setattr(portaudio, "open_stream", open_stream)
    mixer, timed = Mixer(1.0, time.monotonic_ns), TimedSound()
    timed.install()
    portaudio.open_stream(None, OutputDevice(0, "SIMULATED", 1, 48_000), mixer.fill, lambda: None)
    [fill] = fills
    assert not fill(480).any()
    assert timed.sounding_ns == []
    assert (timed.native_id, timed.latency_s) == (threading.get_native_id(), 0.07)
    before_ns = time.monotonic_ns()
    sound = np.ones(1000, np.float32)
    mixer.submit(Voice(sound, False, before_ns))
    handed = np.concatenate([fill(480) for _ in range(4)])
    assert np.count_nonzero(handed) == 1000
    [(start_ns, end_ns)] = timed.sounding_ns
    assert before_ns < start_ns < end_ns < time.monotonic_ns()


def test_posture_values_are_joined_and_none_is_lost():
    def output(i):
        values = {f.name: np.full(1, i) for f in fields(Track) if f.name != "sensor"}
        return PipelineOutput((Track("head", **values),), (), ())

    class Writer:
        arrived = ()

    times = DecisionTimes(Writer(), lambda: 0)
    for i in range(2 * JOINED + 3):
        times.output(output(i))
    assert times.tracks()["head"].t_ns.tolist() == list(range(2 * JOINED + 3))
    assert len(times.tracks()["head"]) == 2 * JOINED + 3


def test_a_later_hour_is_the_same_but_for_its_times():
    rng = np.random.default_rng(1)
    acc, gyr = rng.normal(size=(400, 3)), rng.normal(size=(400, 3))
    first = day_child.hour_of(acc, gyr)
    later = [day_child._later(entry, 3_600_000_000_000) for entry in first]
    assert [e.sensor for e in first[:4]] == ["collar", "head", "collar", "head"]
    shift_ns = {int(b.t_ns[0] - a.t_ns[0]) for a, b in zip(first, later, strict=True)}
    assert shift_ns == {3_600_000_000_000}
    for key in day_child.KEYS:
        decoded = [
            registry.family("openearable2").decoder(scheme.encode(scheme.DIY)).push(join_packets(part)).samples
            for part in ([e for e in first if e.sensor == key], [e for e in later if e.sensor == key])
        ]
        assert len(decoded[0]) == 400
        assert (decoded[0].acc == decoded[1].acc).all()
        assert set((decoded[1].tick - decoded[0].tick).tolist()) == {3_600_000_000}
