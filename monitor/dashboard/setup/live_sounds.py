"""Sounds in a thread of their own: opening an output can take a second, and the window must not wait for it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monitor.dashboard.setup.facts import SoundView
from monitor.outputs.audio import open_player, output_names
from monitor.outputs.cues import Cue
from monitor.outputs.options import SoundOptions
from monitor.outputs.phrases import Clip, Sound, counted
from monitor.outputs.trial import Opener, OutputTrial
from monitor.settings import Settings

_log = logging.getLogger(__name__)


class LiveSounds:
    """`Sounds` by the sound card. `opener`, `names`: see `monitor.outputs.audio`."""

    def __init__(
        self,
        settings: Settings,
        own_clips: Path | None = None,
        *,
        opener: Opener = open_player,
        names: Callable[[], tuple[str, ...]] = output_names,
    ) -> None:
        options = SoundOptions(volume=settings.volume, feet=settings.feet)  # the poses are asked for aloud in any case
        self._trial = OutputTrial(options, own_clips, opener=opener, names=names)
        self._test: tuple[Sound, ...] = (
            Cue.EYES_UP,
            Clip.EYES_UP_ROAD_FEET if settings.feet else Clip.EYES_UP_ROAD_METRES,
        )
        self._lock = threading.Lock()
        self._view = SoundView(False, device=settings.sound_device)
        self._opened = False
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ending: threading.Thread | None = None

    def open(self, device: str = "") -> None:
        """Use this output; nothing changes where it is in use already and works."""
        with self._lock:
            if not self._view.opening:
                self._view = replace(self._view, opening=True)
        self._do(lambda: self._open(device))

    def test(self) -> None:
        """The cue that a lowered head will bring."""
        self._do(lambda: self._trial.play(self._test))

    def say(self, clip: str) -> None:
        """A spoken clip; nothing for a name that is none."""
        if clip in (c.value for c in Clip):
            self._do(lambda: self._trial.play(Clip(clip)))

    def tick(self, seconds: int) -> None:
        """The countdown: each of the last seconds by its number."""
        if seconds > 0:
            self._do(lambda: self._trial.play(counted(seconds)))

    def look(self) -> SoundView:
        """Where sounds play now."""
        with self._lock:
            return self._view

    def close(self) -> None:
        """Give the sound card back."""
        if self._thread is not None:
            self._work.put(None)
            self._ending, self._thread = self._thread, None

    def wait(self, seconds: float) -> bool:
        """Until the sound card has been given back, at most so long; whether it has."""
        if self._ending is not None:
            self._ending.join(seconds)
        return self._ending is None or not self._ending.is_alive()

    # ---------------------------------------------------------------- in the thread

    def _do(self, work: Callable[[], object]) -> None:
        if self._thread is None:
            self._work = queue.SimpleQueue()
            self._thread = threading.Thread(target=self._live, args=(self._work,), name="set-up sounds", daemon=True)
            self._thread.start()
        self._work.put(lambda: (work(), None)[1])

    def _live(self, work: queue.SimpleQueue[Callable[[], None] | None]) -> None:
        while (job := work.get()) is not None:
            try:
                job()
            except Exception:
                _log.exception("a sound of the set-up failed")
        self._trial.close()
        with self._lock:
            self._view = replace(self._view, working=False, opening=False)

    def _open(self, device: str) -> None:
        # The first look is fresh by itself; another one ends every open stream.
        status = self._trial.open(device, fresh=self._opened)
        self._opened = True
        view = SoundView(status.working, False, status.sentence, device, self._trial.devices())
        with self._lock:
            self._view = view
