"""The calibration as the model drives it: begun, looked at, counted aloud, and begun again by itself. Without Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from calibration.protocol import AGAIN_CLIP
from monitor.dashboard.setup.facts import Calibrator, Extent, GuideView, Phase, Pick, Sounds
from monitor.dashboard.setup.spoken_count import SpokenCount

RESTART_S = 12.0
"""A calibration that failed begins again by itself after so long: its wearer stands away from the keyboard."""
MOST_RESTARTS = 2


class Guiding:
    """`view` is None while no calibration goes on."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self._count = SpokenCount(sounds)
        self._calibrator: Calibrator | None = None
        self._restarts, self._restart_at_s = 0, math.inf
        self.extent = Extent.QUICK
        self.view: GuideView | None = None

    @property
    def leading(self) -> bool:
        """The wearer is being led through the poses now."""
        return self.view is not None and self.view.phase is Phase.LEADING

    @property
    def can_skip(self) -> bool:
        """The present pose may be left out."""
        return self.view is not None and self.leading and self.view.led is not None and self.view.led.can_skip

    def choose(self, extent: Extent) -> None:
        """How thorough; before it begins."""
        if self.view is None:
            self.extent = extent

    def begin(self, calibrator: Calibrator, picks: Sequence[Pick], name: str) -> None:
        """Start leading; nothing happens while that is going on, or without a sensor."""
        if self.view is not None or not picks:
            return
        self._calibrator = calibrator
        self._count.restart()
        self.view = GuideView(Phase.WAITING, "Looking for your sensors ...")
        calibrator.start(picks, self.extent, name)

    def look(self, now_s: float) -> GuideView | None:
        """How it stands; the last seconds are counted. A failure ends it, and may plan the next beginning."""
        if self.view is None or self._calibrator is None:
            return None
        view = self.view = self._calibrator.look()
        if view.trouble is not None:
            self.view = None
            if view.trouble.repeats and self._restarts < MOST_RESTARTS:
                self._restart_at_s = now_s + RESTART_S
        elif view.profile is not None:
            self.view, self._restarts = None, 0
        elif view.led is not None and not view.lost:
            self._count.look(view.led)
        return view

    def restarts_in_s(self, now_s: float) -> float:
        """Seconds until a failed calibration begins again by itself; infinite where it does not."""
        return max(0.0, self._restart_at_s - now_s)

    def begin_again(self, calibrator: Calibrator, picks: Sequence[Pick], name: str) -> None:
        """By itself, after a failure: said aloud, because nobody looks at the screen."""
        self._restarts += 1
        self._sounds.say(AGAIN_CLIP)
        self.begin(calibrator, picks, name)

    def by_hand(self) -> None:
        """The wearer is at the keyboard: what begins by itself is counted anew."""
        self._restarts = 0

    def again(self) -> None:
        """The present pose once more."""
        if self.leading and self._calibrator is not None:
            self._count.restart()
            self._calibrator.again()

    def skip(self) -> None:
        """Without the present pose, where the calibration can do without it."""
        if self.can_skip and self._calibrator is not None:
            self._calibrator.skip()

    def stop(self) -> None:
        """Give up what goes on, and what would begin by itself."""
        self._restart_at_s = math.inf
        if self.view is not None and self._calibrator is not None:
            self._calibrator.stop()
            self.view = None
