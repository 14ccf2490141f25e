"""A player that outlives its sound device: headphones that drop out in mid-run come back by themselves.

Without it, a device that went away would leave the rest of the run silent until someone pressed "rescan".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from monitor.outputs.audio import SoundOptions, open_player
from monitor.outputs.mixer import STALE_NS
from monitor.outputs.player import LOG_LENGTH, CuePlayer, Playable, PlayerStatus, PlayRecord

RETRY_S = 15.0


class LastingPlayer:
    """A `CuePlayer` that looks for a new output in the background while it has none.

    A request that met a dead device is played on the new one if that is found before the request is stale. The log
    holds both: the refusal and the second try. Opening is done in the constructor, all later searching in a thread of
    its own, so `play` never waits.
    """

    def __init__(
        self,
        options: SoundOptions | None = None,
        *,
        retry_s: float = RETRY_S,
        opener: Callable[[SoundOptions], tuple[CuePlayer, str | None]] = open_player,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._player, self._why = opener(options or SoundOptions())
        self._retry_s = retry_s
        self._clock_ns = clock_ns
        self._missed: tuple[Playable, int] | None = None
        self._earlier: tuple[PlayRecord, ...] = ()
        self._earlier_counts = (0, 0)
        self._wake = threading.Event()
        self._closed = False
        self._searching = threading.Lock()
        """Held while devices are looked for and players exchanged; `play` does without it."""
        self._thread = threading.Thread(target=self._watch, name="sound-outputs", daemon=True)
        self._thread.start()

    def play(self, what: Playable) -> bool:
        """As `CuePlayer.play`; a request that meets a dead device wakes the search."""
        player = self._player
        if player.play(what):
            return True
        if not player.status().working and not self._closed:
            self._missed = (what, self._clock_ns())
            self._wake.set()
        return False

    def set_volume(self, volume: float) -> None:
        """Holds for this and every later device."""
        self._player.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        """Holds for this and every later device."""
        self._player.set_muted(muted)

    def status(self) -> PlayerStatus:
        """The present device's, with the counts of the whole run."""
        status = self._player.status()
        requested, accepted = self._earlier_counts
        return replace(status, requested=status.requested + requested, accepted=status.accepted + accepted)

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests on all devices, oldest first."""
        return (self._earlier + self._player.log())[-LOG_LENGTH:]

    def rescan(self) -> tuple[CuePlayer, str | None]:
        """Look for outputs now. Returns this same player and why it is silent, if it is."""
        with self._searching:
            if not self._closed:
                self._exchange()
        return self, self._why

    def close(self) -> None:
        """Stop for good; waits for a search under way."""
        self._closed = True
        self._wake.set()
        with self._searching:
            self._player.close()
        if self._thread is not threading.current_thread():
            self._thread.join()

    # ------------------------------------------------------------------ the search

    def _watch(self) -> None:
        while not self._closed:
            self._wake.wait(self._retry_s)
            self._wake.clear()
            with self._searching:
                if not self._closed and not self._player.status().working:
                    self._exchange()

    def _exchange(self) -> None:
        old = self._player
        status = old.status()
        self._player, self._why = old.rescan()
        if self._player is not old:
            self._earlier = (self._earlier + old.log())[-LOG_LENGTH:]
            requested, accepted = self._earlier_counts
            self._earlier_counts = (requested + status.requested, accepted + status.accepted)
        missed, self._missed = self._missed, None
        if missed and self._player.status().working and self._clock_ns() - missed[1] < STALE_NS:
            self._player.play(missed[0])
