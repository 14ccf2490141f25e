"""The best estimate follows the neutral that was in force: re-zeroes and the slow adaptation of SIMULATED runs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from constructed_analysis import RATE_HZ, track
from simulated_log import SensorModel, head_info, merged, notifications, running, simulate, true_profile

from calibration import store
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.best import follow_neutral
from monitor.settings import Settings
from monitor.simulator.scenario import ShoulderEvent, Slip
from monitor.values import NS_PER_S, Mode, ReZero, RunInfo, Site

S = NS_PER_S
ESTIMATORS_DEG = 0.35
"""So much the smoothed and the live orientation themselves may differ: the product's own target for sustained pitch."""


def recorded(path, seconds, slips, rezeros_s=(), shoulders=(), collar=False, settings=None, rate_hz=52.0):
    """A recording of a run whose head sensor (and collar) slip."""
    scenario = dataclasses.replace(running(seconds, shoulders=shoulders), slips=tuple(slips), wander=())
    rng = np.random.default_rng(3)
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=rate_hz, seed=1))
    infos = [head_info("openearable2", rate_hz)]
    streams = [notifications(infos[0], head, rng)]
    worn = None
    if collar:
        worn = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=50.0, seed=2))
        infos.append(head_info("openearable2", 50.0, "collar"))
        streams.append(notifications(infos[1], worn, rng))
    about = RunInfo("slips", "2026-11-22T09:30:00+00:00", Mode.ROAD, True, "0")
    profile = store.to_json(true_profile(head, worn))
    writer = RecordingWriter(path, about, (settings or Settings()).to_json(), profile)
    for info in infos:
        writer.append_sensor(info, 0)
    for entry in merged(*streams, [ReZero(round(t * S)) for t in rezeros_s]):
        writer.append(entry)
    writer.close()
    return path


def both(path):
    with open_recording(path) as recording:
        return analyse(recording), analyse(recording, best=True)


def mean(run, column, a, b, key="head"):
    t = run.tracks[key]
    inside = (t.t_ns >= a * S) & (t.t_ns < b * S)
    return float(np.nanmean(getattr(t, column)[inside]))


def test_a_rezero_moves_the_best_tracks_as_the_live_ones(tmp_path):
    """SIMULATED: the cap turns by 9 deg at 50 s, the collar's clip too; the runner re-zeroes at 70 s and at 90 s."""
    slips = [Slip(50.0, 9.0), Slip(50.0, 7.0, Site.COLLAR)]
    hike = [ShoulderEvent(30.0, 40.0, 1.0)]
    path = recorded(tmp_path / "run.headsup", 120.0, slips, (70.0, 90.0), hike, collar=True)
    live, best = both(path)
    assert best.estimate == "best"
    assert [e.detail["label"] for e in live.events if e.kind == "mark"] == ["re-zeroed (head); re-zeroed (collar)"] * 2
    for name in ("angle_deg", "sustained_deg"):
        assert mean(best, name, 55, 68) - mean(best, name, 30, 48) == pytest.approx(9.0, abs=0.7)
        for a, b in ((20, 48), (55, 68), (71, 88), (92, 118)):
            assert mean(best, name, a, b) == pytest.approx(mean(live, name, a, b), abs=ESTIMATORS_DEG), (name, a)
        assert mean(best, name, 71, 88) == pytest.approx(0.0, abs=ESTIMATORS_DEG)
    for a, b in ((20, 48), (55, 68), (71, 88), (92, 118)):
        assert mean(best, "shoulder", a, b, "collar") == pytest.approx(mean(live, "shoulder", a, b, "collar"), abs=0.04)
    # No nod of the gait leaks in where the live means start anew.
    track = best.tracks["head"]
    after = (track.t_ns > 70.2 * S) & (track.t_ns < 73 * S)
    assert np.ptp(track.sustained_deg[after]) < 1.0
    # What is not smoothed stays the run's own.
    for name in ("over", "dwell_s", "valid", "lean_deg"):
        assert np.array_equal(getattr(track, name), getattr(live.tracks["head"], name), equal_nan=True)
    assert best.events == live.events


def test_a_refused_rezero_changes_nothing(tmp_path):
    path = recorded(tmp_path / "run.headsup", 60.0, [Slip(20.0, 60.0)], (40.0,))
    live, best = both(path)
    assert any("too much to correct" in str(e.detail.get("label")) for e in live.events)
    assert mean(best, "sustained_deg", 45, 58) == pytest.approx(mean(live, "sustained_deg", 45, 58), abs=ESTIMATORS_DEG)
    assert mean(best, "sustained_deg", 45, 58) > 50


def test_the_slow_adaptation_is_in_the_best_tracks(tmp_path):
    """SIMULATED: the cap creeps by 3 deg within a minute; the live neutral follows by half a degree a minute."""
    path = recorded(tmp_path / "run.headsup", 660.0, [Slip(330.0, 3.0, ramp_s=60.0)], rate_hz=26.0)
    live, best = both(path)
    with open_recording(path) as recording:
        fixed = analyse(recording, settings=Settings(adapt_neutral=False), best=True)
    followed = mean(fixed, "sustained_deg", 620, 655) - mean(best, "sustained_deg", 620, 655)
    assert followed > 0.4
    live_followed = mean(live, "sustained_deg", 620, 655)
    assert mean(best, "sustained_deg", 620, 655) == pytest.approx(live_followed, abs=0.15)
    assert mean(best, "sustained_deg", 100, 300) == pytest.approx(mean(fixed, "sustained_deg", 100, 300), abs=1e-9)


def test_correction_by_hand():
    seconds, at = 20, 10 * RATE_HZ
    late = np.arange(seconds * RATE_HZ) > at
    plain = track("head", seconds, angle_deg=5.0, sustained_deg=5.0, shoulder=0.3)
    # The live stride mean starts anew: for 2 s it wobbles.
    wobble = np.where(late & (np.arange(len(late)) <= at + 2 * RATE_HZ), 3.0, 0.0)
    live = track("head", seconds, angle_deg=5.0 - 4.0 * late, sustained_deg=5.0 - 4.0 * late + wobble, shoulder=0.3)
    best = track("head", seconds, angle_deg=6.0, sustained_deg=7.0, shoulder=np.nan)
    found = follow_neutral(best, live, plain, np.array([10 * S]))
    assert found.angle_deg == pytest.approx(6.0 - 4.0 * late)
    assert found.sustained_deg == pytest.approx(7.0 - 4.0 * late)
    assert np.isnan(found.shoulder).all()
    # A run that ends within the wobble has nothing better than what was live.
    short = {n: getattr(live, n)[: at + RATE_HZ] for n in live.__slots__ if n != "sensor"}
    cut = [dataclasses.replace(t, **{n: getattr(t, n)[: at + RATE_HZ] for n in short}) for t in (best, live, plain)]
    assert follow_neutral(*cut, np.array([10 * S])).sustained_deg[-1] == pytest.approx(7.0 - 4.0 + 3.0)
    # Without any re-zero only the difference counts.
    assert follow_neutral(best, live, plain, np.empty(0, np.int64)).sustained_deg == pytest.approx(
        7.0 - 4.0 * late + wobble
    )
