"""A soak of a product that is broken on purpose: a source that gives up, a listener that leaks, a lossy recording."""

from __future__ import annotations

import os
import threading

import pytest

from monitor.sources.ble import LinkTiming
from monitor.values import NS_PER_S, PacketBlock
from tests.soak.judge_growth import judge_growth
from tests.soak.judge_links import judge_calm, judge_reconnects
from tests.soak.judge_recording import judge_recording
from tests.soak.soak_plan import Fault, Plan, Trouble
from tests.soak.soak_run import Sabotage, run_soak
from tests.soak.soak_runner import soak_runner

PLAN = Plan(1, 240.0, 60.0, (Fault(100.0, Trouble.HANG_UP, "head"),), ())


LEAK_EVERY_S = 4.0


class Leaking:
    """Opens a file, starts a thread and keeps memory, again and again, however the data is grouped."""

    def __init__(self):
        self.kept = []
        self.next_s = 0.0
        self.over = threading.Event()

    def sensor(self, info):
        pass

    def control(self, entry):
        pass

    def output(self, output):
        newest_s = max((track.t_ns[-1] / NS_PER_S for track in output.tracks), default=-1.0)
        if newest_s >= self.next_s:
            self.next_s = newest_s + LEAK_EVERY_S
            thread = threading.Thread(target=self.over.wait, daemon=True)
            thread.start()
            self.kept.append((os.open(os.devnull, os.O_RDONLY), thread, bytearray(200_000), [output]))

    def mend(self):
        self.over.set()
        for handle, thread, *_ in self.kept:
            os.close(handle)
            thread.join()


class Lossy:
    """Leaves out one notification in a hundred."""

    def __init__(self, recorder):
        self._recorder = recorder
        self._n = 0
        self.append_sensor, self.append_event = recorder.append_sensor, recorder.append_event

    def append(self, entry):
        self._n += isinstance(entry, PacketBlock)
        if self._n % 100 or not isinstance(entry, PacketBlock):
            self._recorder.append(entry)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    path = tmp_path_factory.mktemp("broken") / "soak.headsup"
    leaking = Leaking()
    giving_up = LinkTiming(retry_s=1e4, retry_longest_s=1e4)
    record = run_soak(PLAN, soak_runner(300.0), path, sabotage=Sabotage(giving_up, (leaking,), Lossy))
    leaking.mend()
    return path, record


def test_a_source_that_gives_up_is_seen(broken):
    _, record = broken
    assert not judge_reconnects(PLAN, record).passes
    assert [finding for finding in judge_calm(record).findings if finding.startswith("head: 0%")]


def test_leaks_are_seen(broken):
    _, record = broken
    missed = {verdict.check for verdict in judge_growth(record.gauges) if not verdict.passes}
    assert {"threads", "file handles", "objects"} <= missed


def test_a_recording_with_holes_is_seen(broken):
    path, record = broken
    held, replayed = judge_recording(path, record)
    assert len(held.findings) == 2, "of each sensor"
    assert any("head" in finding for finding in replayed.findings)
