"""Live streams: what a real inlet of the Lab Streaming Layer receives."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import fields, replace

import numpy as np
import pytest

from monitor.interop.lsl_out import CHANNELS, LslStreams, marker
from monitor.interop.missing import MissingLibraryError
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    Event,
    EventKind,
    Mode,
    ModeChange,
    PipelineOutput,
    SensorInfo,
    Site,
    Track,
)

HEAD = SensorInfo("head", Site.HEAD, "table", "Cap IMU", "", 100.0)


def track(n: int, first: int = 0) -> Track:
    """n values at 25 Hz whose pitch counts up."""
    count = np.arange(first, first + n)
    columns = {f.name: np.full(n, np.nan) for f in fields(Track) if f.name != "sensor"}
    columns |= {
        "t_ns": count * (NS_PER_S // 25),
        "arrival_ns": count * (NS_PER_S // 25) + 10**7,
        "activity": np.full(n, Activity.RUN, np.int8),
        "reason": np.zeros(n, np.int8),
        "valid": np.ones(n, bool),
        "over": np.zeros(n, bool),
        "angle_deg": count / 10.0,
        "sustained_deg": np.full(n, 20.0),
        "cadence_spm": np.full(n, 170.0),
    }
    return Track(sensor="head", **columns)


def event(t_s: float, kind: EventKind, **detail) -> Event:
    return Event(round(t_s * NS_PER_S), kind, "head", kind is EventKind.HEAD_DOWN, detail)


@pytest.fixture
def pylsl(tmp_path, monkeypatch):
    """The real library, kept on this machine's loopback."""
    config = tmp_path / "lsl.cfg"
    config.write_text("[multicast]\nResolveScope = machine\n[lab]\nKnownPeers = {127.0.0.1}\n[log]\nlevel = -2\n")
    monkeypatch.setenv("LSLAPICFG", str(config))
    return pytest.importorskip("pylsl", reason="pylsl (the extra 'lsl') is not installed")


def found(pylsl, name: str):
    streams = pylsl.resolve_byprop("name", name, timeout=8.0)
    if not streams:
        pytest.skip("this machine lets no stream be found, not even on its loopback")
    inlet = pylsl.StreamInlet(streams[0])
    inlet.open_stream(timeout=8.0)
    return inlet


def received(inlet, wanted: int, seconds: float = 8.0):
    rows, times, end = [], [], time.monotonic() + seconds
    while len(rows) < wanted and time.monotonic() < end:
        some, at = inlet.pull_chunk(timeout=0.2)
        rows += some
        times += at
    return rows, times


def test_a_real_inlet_gets_every_value_at_its_time(pylsl):
    begun_ns = time.monotonic_ns()
    origin_ns = 250_000_000
    streams = LslStreams(
        lambda: time.monotonic_ns() - begun_ns, lambda: origin_ns, Settings().gaze, "test-1", simulated=True
    )
    streams.sensor(HEAD)
    streams.sensor(HEAD)
    begin_s = pylsl.local_clock() - (time.monotonic_ns() - begun_ns) / NS_PER_S + origin_ns / NS_PER_S
    posture, markers = found(pylsl, "HeadsUp SIMULATED head"), found(pylsl, "HeadsUp SIMULATED events")
    labels = posture.info().desc().child("channels").child("channel").child_value("label")
    assert (posture.info().type(), posture.info().channel_count(), labels) == ("Posture", len(CHANNELS), "head_pitch")
    for first in (0, 7, 30):
        streams.output(PipelineOutput((track(23 if first == 7 else first or 7, first),), (), ()))
    events = (event(0.5, EventKind.HEAD_DOWN), event(0.7, EventKind.MARK, label="cramp"))
    streams.output(PipelineOutput((), events, ()))
    streams.control(ModeChange(NS_PER_S, Mode.TRAIL))
    rows, times = received(posture, 60)
    assert len(rows) == 60
    got = np.array(rows)
    np.testing.assert_array_equal(got[:, 0], np.arange(60) / 10.0)
    np.testing.assert_array_equal(got[:, 4:], np.tile([170.0, Activity.RUN, 1.0], (60, 1)))
    assert np.isnan(got[:, 3]).all()
    np.testing.assert_allclose(np.array(times) - begin_s, np.arange(60) / 25.0, atol=2e-3)
    words, at = received(markers, 3)
    assert [row[0] for row in words] == ["head_down:cue", "mark:cramp", "mode:trail"]
    np.testing.assert_allclose(np.array(at) - begin_s, [0.5, 0.7, 1.0 - 0.25], atol=2e-3)
    streams.close()
    streams.close()


def test_before_the_first_sample_nothing_is_sent(pylsl):
    streams = LslStreams(lambda: 0, lambda: None, Settings().gaze, "test-2")
    streams.sensor(HEAD)
    streams.output(PipelineOutput((track(5),), (), ()))
    streams.output(PipelineOutput((replace(track(5), sensor="collar"),), (), ()))
    streams.close()


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(MissingLibraryError, match=r"needs the library pylsl; install it with: .*headsup-run\[lsl\]"):
        LslStreams(lambda: 0, lambda: 0, Settings().gaze, "x")


def test_importing_the_file_loads_no_library():
    rooms = "monitor.interop.lsl_out, monitor.interop.parquet_out"
    code = f"import sys, {rooms}; print({{'pylsl', 'pyarrow'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_stream_that_fails_ends_and_the_run_goes_on(pylsl, caplog):
    streams = LslStreams(lambda: 0, lambda: 0, Settings().gaze, "test-3")
    streams.sensor(HEAD)
    broken = PipelineOutput((replace(track(5), shoulder=np.zeros((5, 2))),), (), ())
    streams.output(broken)
    assert "the streams to LSL ended" in caplog.text
    streams.output(PipelineOutput((track(5),), (event(1, EventKind.MARK, label="x"),), ()))
    streams.control(ModeChange(NS_PER_S, Mode.TRAIL))
    streams.sensor(replace(HEAD, key="collar"))


def test_markers_are_short_words():
    assert marker(event(1, EventKind.MARK, label="caf\udce9\n" + "x" * 300)) == "mark:caf? " + "x" * 90
    assert marker(event(1, EventKind.LOOK_UP_DUE)) == "look_up_due"
    assert marker(event(1, EventKind.MARK)) == "mark:"
