"""Recordings for the tests of this folder, and logs in a comparable form."""

import itertools
import time

import numpy as np
import pytest

from monitor.errors import RecordingError
from monitor.recording.reader import open_recording
from monitor.recording.store import RunFile
from monitor.values import NS_PER_S, Mark, Mode, PacketBlock, RunInfo, SensorInfo, Site

RUN = RunInfo("run-1", "2026-11-22T09:30:00+00:00", Mode.TRAIL, simulated=True, app_version="0.1.0", note="hot day")
HEAD = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "AA:BB", 100.0, b"\x01\x02", simulated=True)

COLLAR = SensorInfo("collar", Site.COLLAR, "table", "collar.csv", "", 52.5)


def singles(entries):
    """Notifications one by one as (t_ns, sensor, bytes), and control entries, in the order given."""
    out = []
    for entry in entries:
        if isinstance(entry, PacketBlock):
            out.extend((t, entry.sensor, data) for t, data in zip(entry.t_ns.tolist(), entry.payloads(), strict=True))
        else:
            out.append(entry)
    return out


def in_time(entries):
    """The same, sorted by time."""
    return sorted(singles(entries), key=lambda item: item[0] if isinstance(item, tuple) else item.t_ns)


def whole_log(path):
    """Everything a recording gives, sorted by time, and its damage."""
    with open_recording(path) as recording:
        log = in_time(itertools.chain.from_iterable(recording.entries()))
        return log, recording.damage


def write_run(path, seconds, live=True, span_s=1, finish=True):
    """A recording as a live run leaves it: `span_s` long blocks of two sensors, a mark every ten seconds; its log."""
    rng = np.random.default_rng(1)
    out = RunFile(path, live=live)
    out.add_head(RUN, '{"volume": 0.5}', "a profile")
    out.add_sensor(HEAD, 0)
    out.add_sensor(COLLAR, 0)
    log = []
    for second in range(0, seconds, span_s):
        for offset, key in ((0, "head"), (7, "collar")):
            t = second * NS_PER_S + np.arange(20 * span_s) * 50_000_000 + offset
            lengths = rng.integers(80, 120, len(t))
            block = PacketBlock(key, t, np.cumsum(lengths), rng.bytes(int(lengths.sum())))
            out.add_packets(block, span_s * NS_PER_S)
            log.append(block)
        if second % 10 == 0:
            log.append(Mark(second * NS_PER_S + 500_000_001, f"mark {second}"))
            out.add_control(log[-1])
        out.commit()
    if finish:
        out.finish(seconds * NS_PER_S)
    else:
        out.release()
    return in_time(log)


def wait_until(condition, seconds=30.0):
    """Wait for a thread to get there."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the writer did not get there"
        time.sleep(0.005)


def refused(path):
    """The sentence with which a file is refused."""
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return caught.value.reason


def log_or_sentence(path):
    """What `whole_log` gives, or the sentence with which the file is refused."""
    try:
        return whole_log(path)
    except RecordingError as error:
        return error.reason


def is_part_of(got, want):
    """Nothing in `got` that is not in `want`, and in the same order."""
    rest = iter(want)
    return all(any(item == other for other in rest) for item in got)
