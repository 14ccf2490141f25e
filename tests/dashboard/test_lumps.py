"""A sensor that sends seconds at once is not lost between two of its notifications."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.dashboard.live_state import STALE_S
from monitor.dashboard.live_view import LiveState
from monitor.dashboard.viewmodel import LiveModel
from monitor.dashboard.watch import Watch
from monitor.settings import Settings
from monitor.values import LinkChange, LinkState, PipelineOutput, Reason, SensorInfo, Site, Track

INFO = SensorInfo("head", Site.HEAD, "polar", "Polar Sense", "A", 52.0)


def second(t_s: float) -> PipelineOutput:
    """A second of standing still, measured up to `t_s`."""
    t_ns = np.rint((t_s - 1 + np.arange(1, 26) / 25) * 1e9).astype(np.int64)
    zero, yes = np.zeros(25), np.ones(25, np.bool_)
    codes = np.full(25, Reason.OK, np.int8)
    track = Track(
        "head", t_ns, np.full(25, t_ns[-1]), np.ones(25, np.int8), zero, zero, zero, zero, yes, codes, zero, ~yes,
        zero, zero, zero,
    )  # fmt: skip
    return PipelineOutput((track,), (), (), ())


@pytest.mark.parametrize(("interval_s", "lost_after_s"), [(0.0, STALE_S), (0.4, STALE_S), (2.0, 4.0)])
def test_data_is_current_for_two_intervals(interval_s: float, lost_after_s: float) -> None:
    now_s = 1.0
    model = LiveModel(Settings(), [INFO], {"head": "head"}, True, lambda: round(now_s * 1e9))
    model.link(LinkChange("head", 0, LinkState.STREAMING))
    model.paced("head", interval_s)
    model.paced("nobody", 9.0)
    model.update(second(1.0))
    for after_s in (0.5, lost_after_s - 0.01):
        now_s = 1.0 + after_s
        assert model.snapshot().state is LiveState.READY
        assert gaps(model) == 0
    now_s = 1.0 + lost_after_s + 0.01
    assert model.snapshot().state is LiveState.SENSOR_LOST
    assert gaps(model) == 1


def gaps(model: LiveModel) -> int:
    """Stretches that the chart draws as a gap in the link."""
    return sum(stretch.watch is Watch.LINK_GAP for stretch in model.chart().unwatched)
