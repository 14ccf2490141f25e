"""A SIMULATED run whose head sinks after the tenth minute, through the real pipeline."""

import numpy as np
import pytest
from made_tracks import settings
from simulated_log import (
    HeadEvent,
    SensorModel,
    ShoulderEvent,
    head_info,
    merged,
    notifications,
    running,
    simulate,
    true_profile,
)

from monitor.coaching.seen import seen_by
from monitor.coaching.watch import FormWatch
from monitor.pipeline import Pipeline
from monitor.values import Mark, PacketBlock, Site

COACHED = settings(planned_min=14, loosen_every_min=5, summary_every_min=12)


@pytest.fixture(scope="module")
def log():
    """14 minutes; the head sinks by 7 deg from 10:40 on, the collar's shoulders rise by 0.4 from 11:00 on."""
    scenario = running(
        840.0,
        head=[HeadEvent(640, 839, 7.0, ramp_s=10.0)],
        shoulders=[ShoulderEvent(2, 9, 1.0), ShoulderEvent(660, 839, 0.4)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=25.0, seed=5))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=25.0, seed=6))
    infos = [head_info("openearable2", 25.0), head_info("openearable2", 25.0, "collar")]
    rng = np.random.default_rng(2)
    # The collar's sensor joins a minute late.
    late = [p for p in notifications(infos[1], collar, rng) if p.t_ns[0] > 60e9]
    entries = merged(notifications(infos[0], head, rng), late, [Mark(800_000_000_000, "cramp")])
    return infos, true_profile(head, collar), entries


def coached(log, size):
    """The events of the watch beside a pipeline that is fed in slices, and the tracks' packets by arrival."""
    infos, profile, entries = log
    pipeline = Pipeline(infos, profile, COACHED)
    watch = FormWatch(seen_by(profile, COACHED), COACHED, lambda t_ns: None)
    events, a = [], 0
    ends = [i for i, e in enumerate(entries) if not isinstance(e, PacketBlock)]
    while a < len(entries):
        b = min([a + size, *(end for end in ends if end > a), *(end + 1 for end in ends if end >= a)])
        control = entries[a] if not isinstance(entries[a], PacketBlock) else None
        out = pipeline.push(entries[a:b])
        if control is not None:
            watch.control(control, control.t_ns - pipeline.origin_ns)
        for track in out.tracks:
            watch.take(track)
        events += watch.until(None)
        a = b
    return events


@pytest.mark.slow
def test_the_head_that_sank_is_named_and_any_slicing_agrees(log):
    events = coached(log, 10**9)
    assert coached(log, 11) == events
    by_name = {str(e.detail.get("check")): e for e in events}
    end = by_name["end"].detail
    assert end["head_deg"] - end["head_base_deg"] == pytest.approx(7.0, abs=1.0)
    assert end["head_changed"] is True
    assert "lower than in the first minutes. Lift it a little." in end["text"]
    assert end["shoulder_score"] - end["shoulder_base_score"] == pytest.approx(0.4, abs=0.15)
    assert abs(end["cadence_spm"] - 168) < 1
    cramp = by_name["cramp"]
    assert cramp.detail["mark_s"] == pytest.approx(800, abs=0.2)
    assert cramp.t_ns / 1e9 == pytest.approx(805, abs=1.2)
    assert by_name["summary"].detail["text"].startswith("12 minutes, head up 100 percent, cadence 168")
    assert [e.detail["what"] for e in events if "what" in e.detail] == ["head_circles", "shake_wrists"]


@pytest.mark.slow
def test_a_row_that_counts_is_handed_on_when_its_packet_arrives(log):
    """What any grouping rests on: no row is held back, but for a sensor's first ones, and those never count."""
    from monitor.coaching.bins import Rows

    infos, profile, entries = log
    pipeline = Pipeline(infos, profile, COACHED)
    held = counted = 0
    for entry in entries[: 25 * 120]:
        now_ns = int(entry.t_ns[0]) if isinstance(entry, PacketBlock) else entry.t_ns
        for track in pipeline.push([entry]).tracks:
            held += int(np.sum(track.arrival_ns != now_ns))
            rows = Rows.of(track)
            counted += len(rows)
            assert np.all(rows.arrival_ns == now_ns)
    assert held > 20
    assert counted > 2000
