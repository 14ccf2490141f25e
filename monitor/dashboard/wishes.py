"""What the runner asks of the run, by key or button, and the sentence that says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from monitor.dashboard.actions import LiveActions
from monitor.dashboard.run_keys import press
from monitor.errors import HeadsUpError
from monitor.review.report_words import clock_words
from monitor.values import Mode


class Wishes:
    """Carries out what is asked and tells `say`; a refusal is the sentence of why not.

    elapsed_s : of the run, for what is confirmed with its time
    """

    def __init__(self, actions: LiveActions, say: Callable[[str], None], elapsed_s: Callable[[], float]) -> None:
        self._actions, self._say, self._elapsed_s = actions, say, elapsed_s
        self.muted = False

    def press(self, key: str) -> bool:
        """A key that window and terminal share; False for any other."""
        answer = press(key, self._actions)
        if answer is not None:
            self._say(answer)
        return answer is not None

    def mark(self, label: str) -> None:
        """Mark this moment."""
        self._ask(partial(self._actions.mark, label), f"Marked at {clock_words(self._elapsed_s())}: {label}")

    def set_mode(self, mode: Mode) -> None:
        """The ground changed."""
        self._ask(partial(self._actions.set_mode, mode), f"Ground: {mode}")

    def rezero(self) -> None:
        """The last seconds were far gaze."""
        self._ask(self._actions.rezero, "Re-zero: the last seconds count as looking far ahead")

    def turn_sound(self) -> None:
        """Sound off, or on."""
        muted = not self.muted

        def change() -> None:
            self._actions.mute(muted)
            self.muted = muted

        self._ask(change, "Sound off: prompts are still shown" if muted else "Sound on")

    def start_drill(self, choice: str) -> bool:
        """Begin a drill or a routine; whether it began."""
        return self._ask(partial(self._actions.start_drill, choice), "")

    def skip_drill(self) -> None:
        """On to the next drill."""
        self._ask(self._actions.skip_drill, "")

    def stop_drill(self) -> None:
        """No more drills."""
        self._ask(self._actions.stop_drill, "")

    def _ask(self, action: Callable[[], None], done: str) -> bool:
        try:
            action()
        except HeadsUpError as error:
            self._say(str(error))
            return False
        self._say(done)
        return True
