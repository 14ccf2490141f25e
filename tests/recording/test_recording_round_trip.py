"""What goes into a recording comes out of it: same entries, same order, in any slices, before and after compaction."""

import dataclasses
import itertools
import math
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import COLLAR, HEAD, RUN, in_time, singles, wait_until, write_run

from monitor.errors import RecordingError
from monitor.recording import compact
from monitor.recording import writer as writer_module
from monitor.recording.format import Codec
from monitor.recording.reader import open_recording
from monitor.recording.store import RunFile
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.values import (
    NS_PER_S,
    BatteryLevel,
    Event,
    EventKind,
    Ground,
    HeartRate,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    Quiet,
    QuietReason,
    ReZero,
    packet,
)


def in_order(slice_):
    """The order contract of a slice: packets up to and including a control entry's time stand before it."""
    last_control, last_packet = None, {}
    for entry in slice_:
        if isinstance(entry, PacketBlock):
            if last_control is not None and entry.t_ns[0] <= last_control:
                return False
            if entry.t_ns[0] <= last_packet.get(entry.sensor, entry.t_ns[0] - 1):
                return False
            last_packet[entry.sensor] = int(entry.t_ns[-1])
        else:
            if any(t > entry.t_ns for t in last_packet.values()):
                return False
            last_control = entry.t_ns
    return True


texts = st.text(max_size=20)
gaps = st.one_of(st.integers(1, 5), st.integers(1, 10 * NS_PER_S), st.just(0xFFFF_FFFF), st.just(0x1_0000_0000))
bodies = st.one_of(
    st.tuples(st.just("packet"), st.sampled_from(["head", "collar"]), st.binary(max_size=40)),
    st.tuples(st.just("link"), texts, st.sampled_from(list(LinkState)), texts),
    st.tuples(st.just("battery"), st.sampled_from(["head", "collar"]), st.integers(-5, 300)),
    st.tuples(st.just("mark"), texts),
    st.tuples(st.just("mode"), st.sampled_from(list(Mode))),
    st.tuples(st.just("rezero")),
    st.tuples(st.just("quiet"), st.floats(0, float("inf")), st.sampled_from(list(QuietReason))),
    st.tuples(st.just("heart"), st.floats(0, 300), texts),
    st.tuples(st.just("ground"), st.floats(-10, 10), st.floats(-1, 1), texts),
)


def make(kind, t, *rest):
    if kind == "packet":
        return packet(rest[0], t, rest[1])
    if kind == "link":
        return LinkChange(rest[0], t, rest[1], rest[2])
    if kind == "battery":
        return BatteryLevel(rest[0], t, rest[1])
    plain = {"mark": Mark, "mode": ModeChange, "rezero": ReZero, "quiet": Quiet, "ground": Ground, "heart": HeartRate}
    return plain[kind](t, *rest)


logs = st.lists(st.tuples(gaps, bodies), max_size=40).flatmap(
    lambda rows: st.integers(-(10**12), 10**15).map(
        lambda start: [
            make(body[0], t, *body[1:])
            for t, (_, body) in zip(itertools.accumulate((gap for gap, _ in rows), initial=start), rows, strict=False)
        ]
    )
)


@settings(max_examples=25, deadline=None)
@given(log=logs, codec=st.sampled_from(list(Codec)), slice_s=st.sampled_from([0.001, 1.0, 7.5, 60.0, 1e6]))
def test_any_log_comes_back_equal(tmp_path_factory, log, codec, slice_s):
    path = tmp_path_factory.mktemp("runs") / "a.headsup"
    writer = RecordingWriter(path, RUN, '{"mode": "trail"}', '{"profile": 1}', codec=codec)
    for entry in log:
        writer.append(entry)
    assert writer.close().state is WriterState.CLOSED
    with open_recording(path) as recording:
        assert recording.closed
        slices = list(itertools.islice(recording.entries(slice_s=slice_s), 100_000))
        assert all(in_order(s) for s in slices)
        spans = [(min(np.min(e.t_ns) for e in s), max(np.max(e.t_ns) for e in s)) for s in slices]
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
        assert in_time(itertools.chain.from_iterable(slices)) == singles(log)
        assert recording.damage == ()
        assert recording.run == RUN


def test_what_the_treadmill_does_not_tell_comes_back_as_unknown(tmp_path):
    path = tmp_path / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}", "{}")
    writer.append(Ground(1, float("nan"), 0.05, "watch"))
    writer.close()
    with open_recording(path) as recording:
        [[ground]] = recording.entries()
    assert math.isnan(ground.speed_m_s)
    assert (ground.t_ns, ground.grade, ground.source) == (1, 0.05, "watch")


def test_description_events_and_versions_come_back(tmp_path):
    path = tmp_path / "läufe 50%?.headsup"
    reconnected = dataclasses.replace(HEAD, config=b"\x03", name='o"; DROP TABLE block')
    event = Event(5_000_000_000, EventKind.HEAD_DOWN, "head", True, {"onset_s": 3.25, "n": 2, "why": "x", "ok": True})
    numpy_event = Event(6, EventKind.SHOULDERS_UP, "collar", False, {"score": np.float64(0.75), "n": np.int64(3)})
    writer = RecordingWriter(path, RUN, '{"a": 1}', "profile — text")
    writer.append_sensor(HEAD, 10)
    writer.append_sensor(COLLAR, 11)
    writer.append(packet("head", 20, b"abc"))
    writer.append_sensor(HEAD, 30)
    writer.append_sensor(reconnected, 40)
    writer.append_event(event, 5_100_000_000)
    writer.append_event(numpy_event, 5_200_000_000)
    writer.set_note("sore neck after 40 min")
    assert writer.close().sentence == ""
    with open_recording(path) as recording:
        assert recording.run == dataclasses.replace(RUN, note="sore neck after 40 min")
        assert recording.settings_json == '{"a": 1}'
        assert recording.profile_json == "profile — text"
        assert recording.sensors == (HEAD, COLLAR)
        assert [(v.t_ns, v.info) for v in recording.sensor_versions] == [
            (10, HEAD),
            (11, COLLAR),
            (40, reconnected),
        ]
        assert [v.t_ns for v in recording.sensor_ready] == [10, 11, 30, 40]
        assert [(e.t_ns, e.event) for e in recording.live_events()] == [
            (5_100_000_000, event),
            (5_200_000_000, numpy_event),
        ]
        assert type(recording.live_events()[1].event.detail["n"]) is int


def identity(path):
    return path.stat().st_dev, path.stat().st_ino


def test_compaction_does_not_change_the_stream(tmp_path):
    path = tmp_path / "a.headsup"
    log = write_run(path, 90)
    with open_recording(path) as recording:
        before = in_time(itertools.chain.from_iterable(recording.entries()))
        blocks_before = recording.block_count
    assert compact.compact_if_cheap(path, identity(path))
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.damage == ()
        assert recording.block_count < blocks_before / 5
        assert in_time(itertools.chain.from_iterable(recording.entries())) == before == log
        assert recording.run == RUN
        assert recording.sensors == (HEAD, COLLAR)
    assert [p.name for p in tmp_path.iterdir()] == ["a.headsup"]


def test_compaction_leaves_a_file_alone_that_took_the_name_meanwhile(tmp_path):
    path = tmp_path / "a.headsup"
    write_run(path, 3)
    was = identity(path)
    path.rename(tmp_path / "moved.headsup")
    path.write_bytes(b"something else")
    assert not compact.compact_if_cheap(path, was)
    assert path.read_bytes() == b"something else"
    with open_recording(tmp_path / "moved.headsup") as recording:
        assert recording.duration_s > 2


def test_random_access_equals_the_cut_of_the_whole(tmp_path):
    path = tmp_path / "a.headsup"
    whole = write_run(path, 40)
    rng = np.random.default_rng(2)
    with open_recording(path) as recording:
        for _ in range(30):
            a, b = sorted(rng.integers(-NS_PER_S, 42 * NS_PER_S, 2).tolist())
            block = recording.packets("head", a, b)
            got = [] if block is None else singles([block])
            assert got == [e for e in whole if isinstance(e, tuple) and e[1] == "head" and a <= e[0] < b]
            part = in_time(itertools.chain.from_iterable(recording.entries(a, b, slice_s=3.3)))
            assert part == [e for e in whole if a <= (e[0] if isinstance(e, tuple) else e.t_ns) < b]
        assert recording.packets("nobody") is None


def test_packets_and_controls_of_equal_time_have_one_order(tmp_path):
    path = tmp_path / "a.headsup"
    out = RunFile(path)
    out.add_head(RUN, "{}", "")
    out.add_control(Mark(100, "first"))
    out.add_control(Mark(100, "second"))
    out.add_packets(PacketBlock("head", np.array([99, 100, 101]), np.array([1, 2, 3]), b"abc"), NS_PER_S)
    out.finish(101)
    with open_recording(path) as recording:
        (slice_,) = recording.entries()
    assert singles(slice_) == [
        (99, "head", b"a"), (100, "head", b"b"), Mark(100, "first"), Mark(100, "second"), (101, "head", b"c")
    ]  # fmt: skip


def test_an_empty_run_opens(tmp_path):
    path = tmp_path / "a.headsup"
    RecordingWriter(path, RUN, "{}").close()
    with open_recording(path) as recording:
        assert list(recording.entries()) == []
        assert recording.duration_s == 0.0
        assert recording.closed
        assert recording.sensors == ()


def test_a_pause_of_years_costs_no_time(tmp_path):
    path = tmp_path / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}")
    for t in (-(10**18), 0, 10**18):
        writer.append(packet("head", t, b"x"))
    writer.append(Mark(2 * 10**18, "late"))
    writer.close()
    with open_recording(path) as recording:
        assert [len(s) for s in recording.entries()] == [1, 1, 1, 1]


def test_a_reader_sees_what_is_committed_while_the_run_goes_on(tmp_path):
    path = tmp_path / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.02)
    try:
        seen = -1
        for i in range(30):
            writer.append(packet("head", i, bytes([i])))
            wait_until(lambda i=i: writer.status().committed_ns == i)
            with open_recording(path) as recording:
                assert not recording.closed
                (slice_,) = recording.entries()
                assert singles(slice_) == [(k, "head", bytes([k])) for k in range(i + 1)]
                seen = recording.last_ns
        assert seen == 29
    finally:
        assert writer.close().state is WriterState.CLOSED


def test_a_reader_that_stays_open_while_the_run_is_closed_keeps_its_view(tmp_path):
    path = tmp_path / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.02)
    writer.append(packet("head", 1, b"a"))
    wait_until(lambda: writer.status().committed_ns == 1)
    with open_recording(path) as recording:
        writer.append(packet("head", 2, b"b"))
        assert writer.close().state is WriterState.CLOSED
        assert singles(next(recording.entries())) == [(1, "head", b"a")]
    with open_recording(path) as recording:
        assert recording.closed
        assert singles(next(recording.entries())) == [(1, "head", b"a"), (2, "head", b"b")]


def test_the_writer_refuses_bad_entries_and_goes_on(tmp_path):
    path = tmp_path / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}")
    writer.append(packet("head", 10, b"a"))
    writer.append(packet("head", 10, b"again"))
    writer.append(packet("head", 9, b"back"))
    writer.append(PacketBlock("head", np.array([20, 19]), np.array([1, 2]), b"xy"))
    writer.append(PacketBlock("head", np.array([20, 21]), np.array([1, 3]), b"xy"))
    writer.append(packet("head", 22, bytes(70_000)))
    writer.append(Mark(1 << 62, "too far"))
    writer.append("nonsense")
    writer.append(PacketBlock("head", np.array([23.5]), np.array([1]), b"x"))
    writer.append(packet("he\ud800ad", 24, b"x"))
    writer.append(packet("head", 30, b"b"))
    status = writer.close()
    assert status.lost == 9
    assert status.sentence
    with open_recording(path) as recording:
        assert singles(next(recording.entries())) == [(10, "head", b"a"), (30, "head", b"b")]


@pytest.mark.parametrize(
    "kind", ["file", "folder", "link", "dangling link", "left-over wal", "no folder", "file as folder", "no name"]
)
def test_the_writer_destroys_nothing(tmp_path, kind):
    path = tmp_path / "a.headsup"
    other = tmp_path / "other"
    if kind == "file":
        path.write_bytes(b"precious")
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        other.write_bytes(b"precious")
        path.symlink_to(other)
    elif kind == "dangling link":
        path.symlink_to(other)
    elif kind == "left-over wal":
        Path(f"{path}-wal").write_bytes(b"precious")
    elif kind == "no folder":
        path = tmp_path / "none" / "a.headsup"
    elif kind == "file as folder":
        other.write_bytes(b"precious")
        path = other / "a.headsup"
    else:
        path = tmp_path / "a\0b"
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(RecordingError) as caught:
        RecordingWriter(path, RUN, "{}")
    assert "\n" not in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    if kind in ("file", "link"):
        assert path.read_bytes() == b"precious"
    if kind == "dangling link":
        assert not other.exists()


def test_a_writer_that_breaks_says_so_and_never_hangs(tmp_path, monkeypatch):
    writer = RecordingWriter(tmp_path / "a.headsup", RUN, "{}", commit_interval_s=0.01)

    def broken():
        raise RuntimeError("something nobody thought of")

    monkeypatch.setattr(writer._file, "commit", broken)
    writer.append(packet("head", 1, b"a"))
    wait_until(lambda: writer.status().state is WriterState.FAILED)
    writer.append(packet("head", 2, b"b"))
    assert "something nobody thought of" in writer.close().sentence


def test_memory_is_bounded_while_the_disk_refuses_and_the_loss_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(writer_module, "MAX_PENDING_BYTES", 3000)
    monkeypatch.setattr(writer_module, "MAX_RETRY_S", 0.05)
    writer = RecordingWriter(tmp_path / "a.headsup", RUN, "{}", commit_interval_s=0.01)
    commit = writer._file.commit

    def full():
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(writer._file, "commit", full)
    for i in range(20):
        writer.append(packet("head", i, bytes(1000)))
        wait_until(lambda: writer._queue.empty())
        time.sleep(0.015)
    wait_until(lambda: writer.status().lost > 0)
    assert writer.status().state is WriterState.FAILED
    assert writer._file.pending_bytes < 3000 + 3 * 1100
    monkeypatch.setattr(writer._file, "commit", commit)
    wait_until(lambda: writer.status().state is WriterState.RECORDING)
    status = writer.close()
    assert status.state is WriterState.CLOSED
    assert str(status.lost) in status.sentence
    with open_recording(tmp_path / "a.headsup") as recording:
        got = singles(next(recording.entries()))
        assert len(got) + status.lost == 20
        assert any("disk refused" in str(damage) for damage in recording.damage)
