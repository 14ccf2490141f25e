"""One sensor's whole chain: packets -> grid -> posture, and the judge of what was seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calibration.check import StartCheck, Verdict
from calibration.model import Profile, SiteCalibration
from calibration.poses import Stretch, capture
from calibration.rezero import rezero
from monitor.alerts.judge import SensorJudge, Sighting
from monitor.errors import CalibrationError
from monitor.posture.channel import PostureBlock, PostureChannel, is_trusted
from monitor.posture.stride import StrideMean
from monitor.posture.trunk import TrunkLean, trunk_sensor
from monitor.settings import Settings
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import NS_PER_S, Activity, FloatArray, GridBlock, SensorInfo

REZERO_S = 4.0
"""A re-zero takes the mean of this long, just before it was asked for."""

STALE_S = 1.5
"""A sensor that is silent for longer, beyond the time between its notifications, is not asked: it may sit otherwise."""


class SensorPath:
    """One sensor's chain; `judge` holds the rules on it. `before`: its chain until it changed its layout."""

    def __init__(
        self,
        info: SensorInfo,
        profile: Profile | None,
        settings: Settings,
        trunk: TrunkLean,
        *,
        shown: bool,
        before: SensorPath | None = None,
    ) -> None:
        self.slots: SensorSlots = SensorSlots(info, before.slots if before else None)
        self._site = profile.site(info.key) if profile else None
        self.judge = SensorJudge(info.key, self._site, settings)
        self._trunk = trunk
        self.tells_lean = info.key == trunk_sensor(profile)
        self._channel = PostureChannel(self.slots.has_gyro, self._site, shown=shown)
        self._check: StartCheck | None = None
        self._recent = (np.empty((0, 3)), np.empty(0, bool), np.empty(0, bool))
        self._period_s = 0.0

    def rezero(self, at_ns: int) -> tuple[str, bool]:
        """Take the last seconds before `at_ns` (log clock), looking far ahead, as the neutral.

        What came of it in words, '' if uncalibrated, and whether the neutral is a new one: then `judge` must be told.
        """
        if self._site is None or not self._period_s:
            return "", False
        silent_s = (at_ns - self.slots.quality().last_arrival_ns) / NS_PER_S
        if silent_s > STALE_S + self.slots.interval_s:
            what = f"re-zero ({self.slots.info.key})"
            return f"{what}: it has sent nothing for {silent_s:.0f} s. Try again when it is back.", False
        try:
            pose = capture(f"re-zero ({self.slots.info.key})", self._lately())
            site = rezero(self._site, pose.up, running=pose.moving)
        except CalibrationError as error:
            return f"{error.pose}: {error.reason}. {error.remedy}", False
        self.recalibrate(site)
        return f"re-zeroed ({self.slots.info.key})", True

    def recalibrate(self, site: SiteCalibration) -> None:
        """Use another calibration from the next block on; `judge` must be told. What it sees must stay the same."""
        self._site = site
        self._channel.recalibrate(site)

    def _lately(self) -> Stretch:
        """What the sensor saw in the last seconds."""
        up, trusted, moving = self._recent
        return Stretch(up, trusted, bool(len(moving) and moving.mean() > 0.5), self._period_s)

    def see(self, block: GridBlock) -> Sighting:
        """What a grid block shows; no setting has a part in it."""
        whole = self._with_lean(self._channel.push(block))
        if block.period_s != self._period_s:
            self._renew(block.period_s)
        return Sighting(whole, self._check_start(whole))

    def _with_lean(self, posture: PostureBlock) -> PostureBlock:
        """A trunk sensor tells its lean to the others; the head takes what has arrived by then."""
        if self.tells_lean:
            trusted = is_trusted(posture.reason)
            self._trunk.push(posture.index, posture.period_s, posture.arrival_ns, posture.lean_deg, trusted)
        elif self._site is not None and self._site.head is not None:
            return replace(posture, lean_deg=self._trunk.taken(posture.arrival_ns))
        return posture

    def _renew(self, period_s: float) -> None:
        """Everything that counts slots starts anew with another slot length."""
        self._period_s = period_s
        self._check = StartCheck(self._site, period_s) if self._site is not None else None
        self._up_mean = StrideMean(period_s, columns=3)

    def _check_start(self, posture: PostureBlock) -> tuple[int, float] | None:
        """The slot at which it becomes clear that the sensor does not sit as it did at calibration, and by how much."""
        if self._check is None:
            return None
        if posture.restart:
            self._up_mean.restart()
        # Once the check is done, only a re-zero asks for the mean, of the last seconds.
        last = None if self._check.result is None else round(REZERO_S / self._period_s)
        up = self._up_mean.push(posture.up, posture.stride_slots, last)
        self._remember(posture, up)
        if self._check.result is not None:
            return None
        found = self._check.push(up, is_trusted(posture.reason), posture.activity)
        if found is None or found[1].verdict not in (Verdict.MOVED, Verdict.WORN_ANEW):
            return None
        return found[0], found[1].off_deg

    def _remember(self, posture: PostureBlock, up: FloatArray) -> None:
        """Keep the last seconds for a re-zero."""
        keep = -round(REZERO_S / self._period_s)
        moving = (posture.activity == Activity.RUN) | (posture.activity == Activity.WALK)
        old_up, old_trusted, old_moving = self._recent
        self._recent = (
            np.concatenate((old_up, up[keep:]))[keep:],
            np.concatenate((old_trusted, is_trusted(posture.reason[keep:])))[keep:],
            np.concatenate((old_moving, moving[keep:]))[keep:],
        )
