"""The acceptance scenarios A to H through the whole pipeline, in road mode and, deeper, in trail mode. SIMULATED."""

import numpy as np
import pytest
from scenario_traces import INFO, RATE_HZ, SCENARIOS, Trace, bursty_loss, deeper, log, profile, trace

from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.values import Event, EventKind, Mode, Track

# Wanted events in ten minutes. H (borderline) is printed, not judged; E (a sensor that slips at 200 s) may bring one
# event, and a hint within a minute. In trail mode the stares of C and D are 48 deg deep, everything else stays; there a
# slip of 18 deg looks like looking at the trail, so the hint is shown but not said.
WANTED = {"A": 0, "B": 0, "C": 6, "D": 6, "F": 0, "G": 0}
SLIP_S, HINT_WITHIN_S = 200.0, 60.0


def run(trace_: Trace, mode: Mode = Mode.ROAD, **kw) -> tuple[list[Event], Track]:
    out = Pipeline([INFO], profile(), Settings(mode=mode)).push(log(trace_, **kw))
    return [e for e in out.events if e.kind is EventKind.HEAD_DOWN and not e.detail.get("repeat")], out.tracks[0]


def hints(trace_: Trace, mode: Mode = Mode.ROAD) -> list[Event]:
    out = Pipeline([INFO], profile(), Settings(mode=mode)).push(log(trace_))
    return [e for e in out.events if e.kind is EventKind.SENSOR_MOVED]


def seconds(events: list[Event]) -> list[float]:
    return [round(e.t_ns / 1e9, 1) for e in events]


@pytest.mark.parametrize("bounce", [1.0, 0.25])
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_road(name, bounce):
    events, _ = run(trace(SCENARIOS[name], standing=name == "G", bounce=bounce))
    print(f"SIMULATED road {name}, bounce x{bounce:g}: {len(events)} events at {seconds(events)} s")
    if name in WANTED:
        assert len(events) == WANTED[name]
    if name in "CD":
        delays = [t - 60 - 90 * k for k, t in enumerate(seconds(events))]
        assert all(5.5 <= d <= Settings().road.dwell_s + 1 for d in delays)


@pytest.mark.parametrize("bounce", [1.0, 0.25])
def test_a_slipped_sensor_is_hinted_within_a_minute_and_does_not_nag(bounce):
    t = trace(SCENARIOS["E"], bounce=bounce)
    events, _ = run(t)
    told = hints(t)
    print(f"SIMULATED road E, bounce x{bounce:g}: {len(events)} events, hints at {seconds(told)} s")
    assert len(events) <= 1
    assert len(told) == 1
    assert SLIP_S < seconds(told)[0] <= SLIP_S + HINT_WITHIN_S


def test_on_a_trail_the_hint_is_shown_not_said():
    [told] = hints(trace(SCENARIOS["E"]), Mode.TRAIL)
    assert SLIP_S < told.t_ns / 1e9 <= SLIP_S + HINT_WITHIN_S
    assert not told.prompted
    assert "not said" in str(told.detail["silent"])


@pytest.mark.parametrize("mode", [Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL])
@pytest.mark.parametrize("name", [n for n in SCENARIOS if n != "E"])
def test_nothing_else_looks_like_a_slip(name, mode):
    assert hints(trace(SCENARIOS[name], standing=name == "G"), mode) == []


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_trail(name):
    drops = deeper(SCENARIOS[name], 1.6) if name in "CD" else SCENARIOS[name]
    events, _ = run(trace(drops, standing=name == "G"), Mode.TRAIL)
    print(f"SIMULATED trail {name}: {len(events)} events at {seconds(events)} s")
    if name in WANTED:
        assert len(events) == WANTED[name]
    if name in "CD":
        delays = [t - 60 - 90 * k for k, t in enumerate(seconds(events))]
        assert all(9.5 <= d <= Settings().trail.dwell_s + 1 for d in delays)


@pytest.mark.parametrize(("mode", "deg"), [(Mode.ROAD, 30.0), (Mode.TRAIL, 48.0)])
def test_every_stare_is_prompted_outside_grace_and_cool_down(mode, deg):
    t = trace(deeper(SCENARIOS["D"], deg / 30))
    events, _ = run(t, mode)
    assert len(events) == 6
    truth = stride_mean_deg(t)
    for e in events:
        assert e.prompted
        assert e.detail["pitch_deg"] == pytest.approx(truth[round(e.t_ns / 1e9 * RATE_HZ)], abs=1.0)
        assert e.detail["mode"] == mode.value


def stride_mean_deg(trace_: Trace) -> np.ndarray:
    """The true posture over the last stride (0.71 s), relative to the neutral of 5-28 s."""
    base = trace_.posture_deg - sum(
        (d.deg * ((trace_.t_s > d.on_s) & (trace_.t_s < d.off_s)) for d in trace_.drops), start=0.0
    )
    n = round(0.71 * RATE_HZ)
    sums = np.cumsum(np.concatenate(([0.0], trace_.posture_deg)))
    means = np.full(len(trace_.t_s), np.nan)
    means[n - 1 :] = (sums[n:] - sums[:-n]) / n
    return means - np.median(base[250:1400])


def error_deg(trace_: Trace, track: Track) -> np.ndarray:
    slot = np.rint(track.t_ns / 1e9 * RATE_HZ).astype(int)
    error = track.sustained_deg - stride_mean_deg(trace_)[slot]
    return error[track.valid & (track.t_ns > 20e9)]


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


@pytest.mark.parametrize("name", ["A", "D"])
def test_sustained_pitch_without_loss(name):
    t = trace(SCENARIOS[name])
    _, track = run(t)
    error = error_deg(t, track)
    print(f"SIMULATED {name}: sustained pitch RMSE {rms(error):.2f}, p95 {np.percentile(np.abs(error), 95):.2f} deg")
    assert rms(error) <= 0.35
    assert np.percentile(np.abs(error), 95) <= 0.7
    assert track.valid.mean() > 0.98


@pytest.mark.parametrize("seed", range(3))
def test_five_percent_bursty_loss(seed):
    """Notifications of 40 ms lost in runs of two: no false event, none missed, sustained pitch within 1.2 deg."""
    for name in ("A", "D"):
        t = trace(SCENARIOS[name], seed=seed)
        lost = bursty_loss(np.random.default_rng(seed), len(t.t_s) // 2, 0.05)
        assert 0.04 < lost.mean() < 0.065
        events, track = run(t, lost=lost, per=2)
        error = error_deg(t, track)
        print(
            f"SIMULATED {name}, {100 * lost.mean():.1f} % lost: {len(events)} events, sustained pitch RMSE"
            f" {rms(error):.2f}, p95 {np.percentile(np.abs(error), 95):.2f} deg, valid {100 * track.valid.mean():.0f} %"
        )
        assert len(events) == WANTED[name]
        assert rms(error) <= 1.2


@pytest.mark.slow
def test_the_mixed_hour():
    """26 bouts of 15-40 s and 25-40 deg among 82 glances: all found, fewer than 2 false alerts."""
    from scenario_traces import Drop

    rng = np.random.default_rng(7)
    kinds = rng.permutation([True] * 26 + [False] * 82)
    drops, at = [], 40.0
    for bout in kinds:
        length = rng.uniform(15, 40) if bout else rng.uniform(0.8, 3)
        drops.append((bout, Drop(at, at + length, rng.uniform(25, 40) if bout else rng.uniform(20, 45))))
        at += length + rng.uniform(10, 40)
    events, _ = run(trace(tuple(d for _, d in drops), seconds=at + 20, seed=3))
    bouts = [d for b, d in drops if b]
    matched = [sum(d.on_s + 5 <= t <= d.off_s + 1 for t in seconds(events)) for d in bouts]
    false = len(events) - sum(matched)
    late = [min(t for t in seconds(events) if t > d.on_s) - d.on_s - 6 for d in bouts]
    print(f"SIMULATED mixed hour ({at / 3600:.2f} h): {sum(m > 0 for m in matched)} of 26 bouts, {false} false, "
          f"latency past dwell median {np.median(late):.2f} p95 {np.percentile(late, 95):.2f} s")  # fmt: skip
    assert sum(m > 0 for m in matched) >= 25
    assert false < 2
    assert np.median(late) <= 0.75
