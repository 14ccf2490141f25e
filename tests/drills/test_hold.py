"""Held poses: what counts, what does not, and the reason."""

import numpy as np
import pytest
from tilted import block_of, path, site_of, up_of

from monitor.drills.catalogue import DRILLS, DrillKind, with_seconds
from monitor.drills.hold import HoldDrill
from monitor.drills.look import Beside, LookFollower
from monitor.drills.progress import Phase, Side
from monitor.drills.tilt import HeadAxes
from monitor.drills.words import Hint
from monitor.values import Reason

LOOK_S = 0.04


def held(kind, legs, *, seconds=60.0, reason=None, beside=None, start=(0.0, 0.0)):
    """The progress at each look of a head that moves along legs of (seconds, pitch, roll)."""
    pitch, roll = path(*legs, start=start)
    codes = None if reason is None else reason(len(pitch))
    drill = HoldDrill(with_seconds(DRILLS[kind], seconds))
    axes = HeadAxes.of(site_of().head)
    out = []
    for look in LookFollower().push(block_of(up_of(pitch, roll), reason=codes)):
        if beside is not None:
            look = type(look)(look.t_ns, look.dt_ns, look.up, look.speed_deg_s, look.reason, beside)
        drill.step(look, axes.tilt(look.up))
        out.append(drill.progress)
    return out


def test_sixty_seconds_of_head_hang():
    progress = held(DrillKind.HEAD_HANG, [(2, 45, 0), (62, 45, 0)])
    last = progress[-1]
    assert last.done
    assert last.held_s == pytest.approx(60, abs=LOOK_S)
    assert last.mean_deg == pytest.approx(45, abs=0.3)
    counting = [p for p in progress if p.phase is Phase.COUNTING]
    assert counting[0].angle_deg == pytest.approx(45, abs=4), "the way down is too quick to count"
    assert progress[int(59.9 / LOOK_S)].done is False


@pytest.mark.parametrize(
    ("kind", "pose", "hint"),
    [
        (DrillKind.HEAD_HANG, (25, 0), Hint.CHIN_MORE),
        (DrillKind.HEAD_HANG, (-40, 0), Hint.CHIN_MORE),
        (DrillKind.HEAD_HANG, (40, 20), Hint.EARS_LEVEL),
        (DrillKind.HEAD_HANG, (88, 0), Hint.STAND_TALL),
        (DrillKind.EAR_RIGHT, (0, 15), Hint.EAR_MORE),
        (DrillKind.EAR_RIGHT, (0, -30), Hint.OTHER_SIDE),
        (DrillKind.EAR_RIGHT, (30, 30), Hint.FACE_AHEAD),
        (DrillKind.EAR_RIGHT, (-30, 30), Hint.FACE_AHEAD),
        (DrillKind.EAR_LEFT, (0, -15), Hint.EAR_MORE),
        (DrillKind.EAR_LEFT, (0, 30), Hint.OTHER_SIDE),
        (DrillKind.THORACIC, (55, 0), Hint.FOLD_MORE),
    ],
)
def test_the_wrong_pose_never_counts_and_is_told_why(kind, pose, hint):
    last = held(kind, [(1, *pose), (10, *pose)])[-1]
    assert last.held_s == 0
    assert last.hint is hint
    assert last.phase is Phase.READY


@pytest.mark.parametrize(
    ("kind", "pose", "side"),
    [
        (DrillKind.HEAD_HANG, (31, 0), Side.NONE),
        (DrillKind.HEAD_HANG, (60, 10), Side.NONE),
        (DrillKind.EAR_RIGHT, (10, 25), Side.RIGHT),
        (DrillKind.EAR_LEFT, (-10, -25), Side.LEFT),
        (DrillKind.THORACIC, (70, 0), Side.NONE),
        (DrillKind.THORACIC, (100, 0), Side.NONE),
    ],
)
def test_the_right_pose_counts(kind, pose, side):
    last = held(kind, [(5, *pose), (5, *pose)], seconds=4)[-1]
    assert last.done
    assert last.side is side
    assert last.hint is None


def test_too_fast_does_not_count():
    swing = [(0.5, 65, 0), (0.5, 35, 0)] * 10  # 60 degrees a second, always below 30 degrees of pitch
    progress = held(DrillKind.HEAD_HANG, swing, start=(35, 0))[10:]
    # Only where it turns, half of the 0.2 s of its speed, looks still.
    assert progress[-1].held_s < 0.2 * len(progress) * LOOK_S
    assert sum(p.hint is Hint.STILL for p in progress) > 0.7 * len(progress)


def test_a_pause_takes_nothing_away_and_a_short_one_is_not_spoken_of():
    progress = held(
        DrillKind.HEAD_HANG, [(3, 45, 0), (5, 45, 0), (0.5, 20, 0), (1.0, 20, 0), (0.4, 45, 0), (5, 45, 0)], seconds=30
    )
    before = progress[int(8 / LOOK_S) - 1].held_s
    pausing = progress[int(8.6 / LOOK_S) : int(9.4 / LOOK_S)]
    assert {p.held_s for p in pausing} == {pausing[0].held_s}
    assert {p.phase for p in pausing} == {Phase.COUNTING}
    assert {p.hint for p in pausing} == {Hint.CHIN_MORE}
    assert progress[-1].held_s == pytest.approx(before + 5, abs=0.4)


def test_a_long_pause_is_a_pause():
    progress = held(DrillKind.HEAD_HANG, [(2, 45, 0), (5, 45, 0), (1, 0, 0), (4, 0, 0)], seconds=30)
    assert progress[-1].phase is Phase.PAUSED
    assert progress[-1].held_s == pytest.approx(5, abs=0.5)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (Reason.NO_DATA, Hint.UNSEEN),
        (Reason.GAP, Hint.SETTLING),
        (Reason.STARTING, Hint.SETTLING),
        (Reason.SENSOR_FAULT, Hint.FAULT),
    ],
)
def test_time_does_not_count_while_untrusted(code, hint):
    def reason(n):
        codes = np.full(n, Reason.OK)
        codes[1000:2000] = code
        return codes

    progress = held(DrillKind.HEAD_HANG, [(25, 45, 0)], reason=reason, start=(45, 0), seconds=60)
    unseen = [p for p in progress if p.phase is Phase.UNSEEN]
    assert len(unseen) == 250
    assert {p.hint for p in unseen} == {hint}
    assert all(np.isnan(p.angle_deg) for p in unseen)
    assert progress[-1].held_s == pytest.approx(15, abs=0.3)


def test_a_thin_link_is_good_enough_to_count():
    progress = held(DrillKind.HEAD_HANG, [(10, 45, 0)], reason=lambda n: np.full(n, Reason.SPARSE), start=(45, 0))
    assert progress[-1].held_s == pytest.approx(10, abs=0.3)


def test_a_shoulder_that_rises_stops_the_clock_where_it_is_seen():
    legs = [(3, 0, 30), (10, 0, 30)]
    high = held(DrillKind.EAR_RIGHT, legs, beside=Beside(shoulder=0.5))[-1]
    assert (high.held_s, high.hint) == (0, Hint.SHOULDER_LOW)
    low = held(DrillKind.EAR_RIGHT, legs, beside=Beside(shoulder=0.1))[-1]
    assert low.held_s > 9
    assert low.sure_s == low.held_s
    blind = held(DrillKind.EAR_RIGHT, legs)[-1]
    assert blind.held_s == low.held_s
    assert blind.sure_s == 0, "nothing is claimed of a shoulder that is not seen"


def test_what_is_surely_a_thoracic_stretch():
    deep = held(DrillKind.THORACIC, [(2, 85, 0), (10, 85, 0)])[-1]
    assert deep.sure_s == pytest.approx(deep.held_s, abs=0.5)
    shallow = held(DrillKind.THORACIC, [(6, 70, 0), (10, 70, 0)])[-1]
    assert shallow.held_s > 9
    assert shallow.sure_s == 0
    folded = held(DrillKind.THORACIC, [(6, 70, 0), (10, 70, 0)], beside=Beside(trunk_deg=60))[-1]
    assert folded.sure_s == folded.held_s
    upright = held(DrillKind.THORACIC, [(6, 70, 0), (10, 70, 0)], beside=Beside(trunk_deg=10))[-1]
    assert (upright.held_s, upright.hint) == (0, Hint.FROM_THE_HIPS)


def test_directions_that_are_none_never_count():
    up = up_of(np.full(500, 45.0), 0.0)
    up[100:200] = np.nan
    up[200:300] = 0.0
    drill, axes = HoldDrill(DRILLS[DrillKind.HEAD_HANG]), HeadAxes.of(site_of().head)
    for look in LookFollower().push(block_of(up)):
        drill.step(look, axes.tilt(look.up))
    assert drill.progress.held_s == pytest.approx(3.0, abs=0.5)
