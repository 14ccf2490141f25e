"""What the cue policy promises whatever happens: never more cues than that, and no silence without a true reason."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.fading import Fading
from monitor.alerts.policy import HOUR_NS, CuePolicy, Silence
from monitor.settings import HeadRule, Settings
from monitor.values import NS_PER_S, EventKind, Mode, QuietReason

HEAD, SHOULDERS, MOVED = EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP, EventKind.SENSOR_MOVED
SNOOZE, DRILL = QuietReason.SNOOZE, QuietReason.DRILL
KINDS = [HEAD, SHOULDERS, EventKind.LOOK_UP_DUE, MOVED]
COOL_DOWN_S = {HEAD: 30.0, SHOULDERS: 90.0, EventKind.LOOK_UP_DUE: 60.0, MOVED: 600.0}
happenings = st.one_of(
    st.tuples(st.just("offer"), st.sampled_from(KINDS), st.sampled_from(["head", "collar"]), st.booleans()),
    st.tuples(st.just("offer"), st.just(HEAD), st.just("head"), st.just(True)),
    st.tuples(st.just("mended"), st.sampled_from(KINDS), st.sampled_from(["head", "collar"])),
    st.tuples(st.just("mode"), st.sampled_from(Mode)),
    st.tuples(st.just("quiet"), st.sampled_from(QuietReason), st.sampled_from([0.0, 20.0, 300.0, 900.0])),
    st.tuples(st.just("lost"), st.sampled_from(["head", "collar"])),
    st.tuples(st.just("back"), st.sampled_from(["head", "collar"])),
)


@settings(deadline=None, max_examples=200)
@given(
    steps=st.lists(st.tuples(st.floats(-1.5, 400), happenings), min_size=1, max_size=150),
    road=st.integers(1, 15),
    trail=st.integers(1, 15),
    gap=st.floats(0, 60),
    fading_run=st.integers(0, 8),
)
def test_never_more_than_promised_and_never_silent_without_a_true_reason(steps, road, trail, gap, fading_run):
    """Whatever happens, in order of arrival: the rules hold for the cues given, and each silence is true.

    Sample times may go back a little between two sensors, as one of them sends later than the other; what does not
    come from samples has times that only increase.
    """
    chosen = Settings(
        road=HeadRule(prompts_per_hour=road),
        trail=HeadRule(prompts_per_hour=trail),
        prompt_gap_s=gap,
        fading=fading_run > 0,
        fading_run=max(1, fading_run),
    )
    policy = CuePolicy(chosen)
    cues: list[tuple[int, EventKind]] = []
    said: list[int] = []
    quiet, back, modes = dict.fromkeys(QuietReason, 0), {}, {Mode.ROAD}
    mode, latest = Mode.ROAD, 0
    for step_s, (what, *args) in steps:
        sampled = what in ("offer", "mended")
        t = max(0 if sampled else latest, latest + round(step_s * NS_PER_S))
        latest = max(latest, t)
        if what == "mode":
            (mode,) = args
            modes.add(mode)
            policy.set_mode(mode)
        elif what == "quiet":
            why, seconds = args
            policy.quiet(why, t, seconds)
            quiet[why] = t + round(seconds * NS_PER_S) if seconds else min(t, quiet[why])
        elif what == "lost":
            policy.link_lost(*args, t)
            said.append(t)
        elif what == "back":
            policy.link_back(*args, t)
            said.append(t)
            back[args[0]] = t
        elif what == "mended":
            earned = policy.corrected(*args, t)
            assert not (earned and t < max(quiet.values()))
            assert not (earned and fading_run and not Fading(fading_run).gives_cues(t))
        else:
            kind, sensor, goes_on = args
            silence = policy.decide(kind, sensor, t, COOL_DOWN_S[kind], goes_on=goes_on)
            of_kind = [u for u, k in cues if k is kind]
            coaching = kind is not MOVED
            counted = sum(u > t - HOUR_NS for u, k in cues if k is not MOVED)
            true_reasons = {
                Silence.DRILL: t < quiet[DRILL],
                Silence.SNOOZE: t < quiet[SNOOZE],
                Silence.GRACE: coaching and t < max(20 * NS_PER_S, back.get(sensor, -HOUR_NS) + 20 * NS_PER_S),
                Silence.FADED: coaching and fading_run > 0 and not Fading(fading_run).gives_cues(t),
                Silence.TOO_CLOSE: bool(said or max(quiet.values()))
                and t - max([*said, *quiet.values()]) < gap * NS_PER_S,
                Silence.BUDGET: coaching and counted >= chosen.head_rule(mode).prompts_per_hour,
                # Unheeded cues stretch the cool-down up to sixteen times.
                Silence.COOL_DOWN: bool(of_kind) and t - of_kind[-1] < 16 * COOL_DOWN_S[kind] * NS_PER_S,
            }
            if silence is None:
                assert not any(true for why, true in true_reasons.items() if why is not Silence.COOL_DOWN)
                if coaching and of_kind:
                    assert t - of_kind[-1] >= COOL_DOWN_S[kind] * NS_PER_S
                cues.append((t, kind))
                said.append(t)
            else:
                assert true_reasons[silence], silence
    times = [t for t, _ in cues]
    assert all(b - a >= gap * NS_PER_S for a, b in pairwise(times))
    largest = max(chosen.head_rule(m).prompts_per_hour for m in modes)
    coached = [t for t, kind in cues if kind is not MOVED]
    assert all(sum(t - HOUR_NS < u <= t for u in coached) <= largest for t in coached)
