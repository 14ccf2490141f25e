"""The settings page's sound by the real sound card: `monitor.dashboard.sound_check.SoundCheck`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from monitor.outputs.audio import SoundOptions, open_player, output_names
from monitor.outputs.cues import Cue
from monitor.outputs.own_clips import FOLDER, look_into
from monitor.outputs.phrases import Clip
from monitor.outputs.player import CuePlayer
from monitor.outputs.trial import Opener, OutputTrial
from monitor.settings import Settings

LONGEST_S = 18.0
"""The longest own clip behind its tone, on slow headphones."""
BUFFERED_S = 0.3
"""What was handed to the headphones is heard this much later."""
LOUDNESS_ZERO = "The loudness is 0 %, so nothing is heard."


class PlayerSound:
    """Plays tests on a stream of their own, beside the run's.

    options : what does not change on the page: speech, units
    clips : where own clips go, whether there are any or not
    live : the player of the run that is going on; None without a run, and for one without sounds
    """

    def __init__(
        self,
        options: SoundOptions,
        clips: Path,
        live: CuePlayer | None = None,
        *,
        opener: Opener = open_player,
        names: Callable[[], tuple[str, ...]] = output_names,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._trial = OutputTrial(options, clips, opener=opener, names=names)
        self._clips, self._live, self._longest_s = clips, live, longest_s
        self._over = threading.Event()

    def devices(self) -> tuple[str, ...]:
        """As the sound system lists them, which is as they were when it started."""
        return self._trial.devices()

    def test(self, device: str, volume: float) -> str:
        """A tone, and a sentence in the person's own voice where there is one. Returns when both have been played, or
        the page is closed."""
        # While the run's own player has no output it looks for one now and then, which ends every open stream.
        if self._live is not None and not self._live.status().working:
            self._live.rescan()
            if not (status := self._live.status()).working:
                return status.sentence
        try:
            if not (status := self._trial.open(device, volume)).working:
                return status.sentence
            self._trial.play((Cue.TEST, self._trial.own_voice(Clip.SHOULDERS)))
            end_s = time.monotonic() + self._longest_s
            while self._trial.busy and time.monotonic() < end_s and not self._over.wait(0.02):
                pass
            self._over.wait(BUFFERED_S)
            return self._trial.status().sentence if volume > 0 else LOUDNESS_ZERO
        finally:
            self._trial.close()

    def look_again(self) -> tuple[str, ...]:
        """Starts the sound system anew; a run that is going on is without sound for a moment."""
        if self._live is None:
            return self._trial.look_again()
        self._live.rescan()
        return self._trial.devices()

    def adopt(self, settings: Settings) -> None:
        """From the next cue on. What the runner hears in feet stays in feet: the screen goes on showing those."""
        if self._live is not None:
            self._live.set_volume(settings.volume)
            self._live.set_speech(settings.speech)
            self._live.set_cues(settings.cues)
            self._live.set_device(settings.sound_device or None)

    def own_clips(self) -> str:
        """What is in the folder is read, each time anew."""
        return f"{FOLDER.format(self._clips)} {look_into(self._clips).line}".strip()

    def close(self) -> None:
        """Ends a test that is under way."""
        self._over.set()
