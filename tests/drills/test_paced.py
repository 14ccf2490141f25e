"""Head ramping and the timer."""

import numpy as np
import pytest
from tilted import block_of, path, site_of, up_of

from monitor.drills.catalogue import DRILLS, DrillKind, with_seconds
from monitor.drills.look import LookFollower, unseen
from monitor.drills.paced import RampingDrill, TimerDrill
from monitor.drills.progress import Phase
from monitor.drills.session import NO_TILT
from monitor.drills.tilt import HeadAxes
from monitor.drills.words import Hint
from monitor.values import NS_PER_S, Reason


def ramped(pitch, *, seconds=60.0, reason=None):
    drill, axes = RampingDrill(with_seconds(DRILLS[DrillKind.RAMPING], seconds)), HeadAxes.of(site_of().head)
    out = []
    for look in LookFollower().push(block_of(up_of(pitch, 0.0), reason=reason)):
        drill.step(look, axes.tilt(look.up))
        out.append(drill.progress)
    return out


def test_a_level_head_stays_level_all_the_time():
    t = np.arange(6300) / 100
    last = ramped(4 + 1.5 * np.sin(2 * np.pi * t / 3))[-1]
    assert last.done
    assert last.level_percent == 100
    assert last.reps == 20
    assert last.sure_s == 0, "no slide of the chin is ever claimed"


def test_nodding_is_told_and_time_goes_on():
    t = np.arange(6300) / 100
    progress = ramped(np.where(t < 3, 0, 10 * np.sin(2 * np.pi * t / 3)))
    assert progress[-1].done
    assert progress[-1].level_percent == pytest.approx(100 * 2 * np.arcsin(0.5) / np.pi, abs=4)
    assert Hint.NO_NODDING in {p.hint for p in progress}


def test_it_begins_with_a_level_head():
    last = ramped(np.full(1000, 25.0))[-1]
    assert (last.held_s, last.hint, last.phase) == (0, Hint.LEVEL_FIRST, Phase.READY)
    assert ramped(path((5, 25, 0), (3, 3, 0), (5, 3, 0))[0], seconds=3)[-1].done


def test_the_clock_waits_while_untrusted():
    reason = np.full(2000, Reason.OK)
    reason[800:1800] = Reason.NO_DATA
    progress = ramped(np.zeros(2000), reason=reason)
    assert progress[-1].held_s == pytest.approx(20 - 10 - 1.2, abs=0.2)
    assert progress[300].phase is Phase.UNSEEN


def test_the_timer_needs_no_sensor():
    drill = TimerDrill(with_seconds(DRILLS[DrillKind.WRISTS], 2.0))
    assert drill.progress.phase is Phase.READY
    for i in range(49):
        drill.step(unseen(i, NS_PER_S // 25), NO_TILT)
    assert drill.progress.held_s == pytest.approx(1.96)
    assert not drill.progress.done
    drill.step(unseen(50, NS_PER_S // 25), NO_TILT)
    drill.step(unseen(51, NS_PER_S // 25), NO_TILT)
    assert drill.progress.done
    assert drill.progress.held_s == pytest.approx(2.0)
