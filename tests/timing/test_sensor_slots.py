"""One sensor from notifications to slots, also where it comes back with another layout."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.pipeline import Pipeline
from monitor.sensors.witmotion import encode_frames
from monitor.settings import Settings
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import PacketBlock, SensorInfo, Site

MS = 10**6
INFO = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "AA:BB", 100.0)
FASTER = replace(INFO, rate_hz=200.0)


def notification(t_ns: int, frames: int) -> PacketBlock:
    """Frames of a sensor at rest, all in one notification: the last was sampled just before it arrived."""
    data = encode_frames(np.tile([0.0, 0.0, 9.8], (frames, 1)), np.zeros((frames, 3)))
    return PacketBlock("head", np.array([t_ns]), np.array([len(data)]), data)


def times(slots: SensorSlots, packets: PacketBlock) -> np.ndarray:
    return np.concatenate([block.t_ns for block in slots.push(packets)])


def test_slots_of_a_sensor_that_changes_its_rate_go_on_in_time():
    slots = SensorSlots(INFO)
    first = times(slots, notification(500 * MS, 10))
    alone = times(SensorSlots(FASTER), notification(530 * MS, 10))
    assert alone[0] < first[-1]  # by itself it would begin before the other ended
    after = times(SensorSlots(FASTER, slots), notification(530 * MS, 10))
    assert after[0] == first[-1]
    assert (np.diff(after) >= 0).all()
    assert after[-1] == alone[-1]


def test_a_sensor_that_said_nothing_before_begins_when_it_likes():
    alone = times(SensorSlots(FASTER), notification(530 * MS, 10))
    assert times(SensorSlots(FASTER, SensorSlots(INFO)), notification(530 * MS, 10)).tolist() == alone.tolist()


@pytest.mark.parametrize("pause_ms", [1, 30, 5000])
def test_the_track_of_a_run_stays_in_order(pause_ms):
    pipeline = Pipeline([INFO], None, Settings())
    tracks = [*pipeline.push([notification(500 * MS, 50)]).tracks]
    pipeline.add_sensor(FASTER)
    for more in range(3):
        tracks += pipeline.push([notification((500 + pause_ms + 250 * more) * MS, 50)]).tracks
    t_ns = np.concatenate([track.t_ns for track in tracks])
    assert len(t_ns) > 15
    assert (np.diff(t_ns) >= 0).all()
