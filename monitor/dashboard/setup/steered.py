"""The guide with two wishes of the wearer's: this step once more, and without this step."""

from __future__ import annotations

from dataclasses import replace

from calibration.guide import Guide, Instruction
from calibration.protocol import TimedStep, at


class SteeredGuide(Guide):
    """A `calibration.guide.Guide` that the wearer may steer."""

    @property
    def timed(self) -> TimedStep:
        """The step that is asked for or held now."""
        return self._timed

    @property
    def number(self) -> int:
        """How many steps are behind."""
        return self._number

    @property
    def can_skip(self) -> bool:
        """There is a calibration without this step."""
        return not self._over and not self._needed(self._timed.step)

    def again(self, now_s: float) -> None:
        """Ask for this step anew from now on. It is no refusal: it costs none of the wearer's tries."""
        if not self._over:
            self._timed = at(self._timed.step, now_s)
            self._begin()

    def skip(self, now_s: float) -> list[Instruction]:
        """Leave this step out where that may be, and go on with the next from now on."""
        if not self.can_skip:
            return []
        step = self._timed.step
        if step.pose:
            self._left_out.append(f"{step.pose}: left out (you skipped it).")
        self._timed = replace(self._timed, end_s=now_s)
        return self._next(now_s)
