"""What holds besides the posture: cues that rest, the ground, the heart. Tells the screens, and the runner."""

from __future__ import annotations

from collections.abc import Callable

from monitor.dashboard.viewmodel import LiveModel
from monitor.outputs.phrases import CUES_BACK
from monitor.outputs.player import CuePlayer
from monitor.values import Control, Ground, HeartRate, PipelineOutput, Quiet, SensorInfo


class ConditionsListener:
    """Keeps the screens' model up to date with them, and says "cues are back" when a rest ends by itself.

    quiet_until_ns : the session's `quiet_until_ns`. The policy leaves a moment without cues behind that time, so
        nothing else is said just then.
    """

    def __init__(self, model: LiveModel, player: CuePlayer, quiet_until_ns: Callable[[], int | None]) -> None:
        self._model = model
        self._player = player
        self._quiet_until_ns = quiet_until_ns
        self._rested = False
        self._ended_by_hand = False

    def sensor(self, info: SensorInfo) -> None:
        """None of these."""

    def control(self, entry: Control) -> None:
        if isinstance(entry, Ground):
            self._model.ground(entry)
        elif isinstance(entry, HeartRate):
            self._model.heart(entry)
        elif isinstance(entry, Quiet) and entry.seconds == 0:
            self._ended_by_hand = True

    def output(self, output: PipelineOutput) -> None:  # noqa: ARG002
        until_ns = self._quiet_until_ns()
        if self._rested and until_ns is None and not self._ended_by_hand:
            self._player.play(CUES_BACK)
        self._rested, self._ended_by_hand = until_ns is not None, False
        self._model.rest(until_ns)
