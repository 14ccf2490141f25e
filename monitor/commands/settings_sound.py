"""The settings page's sound by the real sound card: `monitor.dashboard.sound_check.SoundCheck`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monitor.outputs.audio import SoundOptions, open_player, output_names
from monitor.outputs.clips import load_clips
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Clip
from monitor.outputs.player import CuePlayer

SAMPLE = (Cue.TEST, Clip.SHOULDERS)
"""A tone and a sentence: both kinds of sound that a run will bring."""
PLAYS_S = 3.0
"""Long enough for the sample on slow headphones."""
LOUDNESS_ZERO = "The loudness is 0 %, so nothing is heard."
OWN_VOICE = "Your own voice: put WAV files such as shoulders.wav into {}."
IN_USE = "In use: {}."


class PlayerSound:
    """Plays tests on a stream of their own, beside the run's.

    options : what does not change on the page: speech, units, own clips
    clips : where own clips go, whether there are any or not
    live : the player of the run that is going on; None without a run, and for one without sounds
    """

    def __init__(
        self,
        options: SoundOptions,
        clips: Path,
        live: CuePlayer | None = None,
        *,
        opener: Callable[..., tuple[CuePlayer, str | None]] = open_player,
        names: Callable[[], tuple[str, ...]] = output_names,
        plays_s: float = PLAYS_S,
    ) -> None:
        self._options, self._clips, self._live = options, clips, live
        self._opener, self._names, self._plays_s = opener, names, plays_s
        self._over = threading.Event()

    def devices(self) -> tuple[str, ...]:
        """As the sound system lists them, which is as they were when it started."""
        return self._names()

    def test(self, device: str, volume: float) -> str:
        """Returns when the sample has been played, or the page is closed."""
        # While the run's own player has no output it looks for one now and then, which ends every open stream.
        if self._live is not None and not self._live.status().working:
            self._live.rescan()
            if not (status := self._live.status()).working:
                return status.sentence
        player, why = self._opener(replace(self._options, device=device or None, volume=volume))
        try:
            if why is not None:
                return why
            player.play(SAMPLE)
            self._over.wait(self._plays_s)
            return player.status().sentence if volume > 0 else LOUDNESS_ZERO
        finally:
            player.close()

    def look_again(self) -> tuple[str, ...]:
        """Starts the sound system anew; a run that is going on is without sound for a moment."""
        if self._live is not None:
            self._live.rescan()
        else:
            player, _ = self._opener(self._options, fresh=True)
            player.close()
        return self._names()

    def set_volume(self, volume: float) -> None:
        """From the next cue on."""
        if self._live is not None:
            self._live.set_volume(volume)

    def own_clips(self) -> str:
        """What is in the folder is read, each time anew."""
        sentences = [OWN_VOICE.format(self._clips)]
        if self._clips.is_dir():
            library = load_clips(self._clips)
            if library.own:
                sentences.append(IN_USE.format(", ".join(clip.value for clip in library.own)))
            sentences += library.problems
        return " ".join(sentences)

    def close(self) -> None:
        """Ends a test that is under way."""
        self._over.set()
