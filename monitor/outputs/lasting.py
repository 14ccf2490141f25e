"""A player that outlives its sound device: headphones that drop out in mid-run come back by themselves.

Without it, a device that went away would leave the rest of the run silent until someone pressed "rescan".
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from monitor.outputs.audio import SoundOptions, open_player
from monitor.outputs.mixer import MAX_WAITING, STALE_NS
from monitor.outputs.player import LOG_LENGTH, CuePlayer, OutputPlayer, Playable, PlayerStatus, PlayRecord
from monitor.settings import CueKinds
from monitor.values import NS_PER_S

POLL_S = 0.5
"""How often the device's health is looked at."""
RETRIES_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Between one search and the next while there is no output; the last one for good."""
LOOK_S = 60.0
"""How often the output that was asked for is looked for, while another one plays. It costs a moment without sound."""
LONGEST_CUE_S = 10.0
"""An old output is given back after this, though something still plays there."""
BUFFERED_S = 0.2
"""What was handed to an output is heard this much later, at most."""
PATIENCE_S = 5.0
"""A sound system that takes longer than this is left to itself."""
LOOKING = "No sound just now: looking for an output."
HANGS = "No sound: the sound system does not answer. Restart the sound server, or log in anew."


class Opener(Protocol):
    """As `open_player`."""

    def __call__(self, options: SoundOptions, /) -> tuple[OutputPlayer, str | None]: ...


class LastingPlayer:
    """A `CuePlayer` that looks for a new output in the background while it has none, or not the one asked for.

    What met a dead device, or was cut off by one, is played on the new one from its beginning, if that is found before
    the request is stale. The log holds both tries. Opening is done in the constructor, all later searching in a thread
    of its own, so `play` never waits.
    """

    def __init__(
        self,
        options: SoundOptions | None = None,
        *,
        poll_s: float = POLL_S,
        retries_s: Sequence[float] = RETRIES_S,
        look_s: float = LOOK_S,
        opener: Opener = open_player,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._player, self._why = opener(options or SoundOptions())
        self._poll_s, self._retries_s, self._look_s = poll_s, tuple(retries_s), look_s
        self._opener = opener
        self._clock_ns = clock_ns
        self._owed: deque[tuple[Playable, int]] = deque(maxlen=MAX_WAITING)
        """What was asked for and not heard, and when."""
        self._earlier: tuple[PlayRecord, ...] = ()
        self._earlier_counts = (0, 0, 0)
        self._leaving: OutputPlayer | None = None
        """Says what it had begun, while another has taken over."""
        self._move = False
        self._since_ns: int | None = None
        """When the search that is under way began."""
        self._tries = 0
        self._next_search_s = 0.0
        self._plan_search()
        self._wake = threading.Event()
        self._over = threading.Event()
        self._searching = threading.Lock()
        """Held while devices are looked for and players exchanged; `play` does without it."""
        self._thread = threading.Thread(target=self._watch, name="sound-outputs", daemon=True)
        self._thread.start()

    def play(self, what: Playable) -> bool:
        """As `CuePlayer.play`; a request that meets a dead device wakes the search."""
        player = self._player
        if player.play(what):
            return True
        if not player.status().working and not self._over.is_set():
            self._owed.append((what, self._clock_ns()))
            self._wake.set()
        return False

    def set_volume(self, volume: float) -> None:
        """Holds, as all that follows, for this and every later device."""
        self._player.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        self._player.set_muted(muted)
        if (leaving := self._leaving) is not None:
            leaving.set_muted(muted)

    def set_speech(self, speech: bool) -> None:
        self._player.set_speech(speech)

    def set_cues(self, cues: CueKinds) -> None:
        self._player.set_cues(cues)

    def set_device(self, device: str | None) -> None:
        """Move to another output, soon and in the background; what is being said is said to its end on the old one."""
        if device == self._player.options.device:
            return
        self._player.set_device(device)
        self._move = True
        self._wake.set()

    def status(self) -> PlayerStatus:
        """The present device's, with the counts of the whole run."""
        status = self._player.status()
        if self._since_ns is not None and not status.working and not self._over.is_set():
            hangs = self._clock_ns() - self._since_ns > PATIENCE_S * NS_PER_S
            if hangs or not self._tries:  # a search that has failed before is no news
                status = replace(status, sentence=HANGS if hangs else LOOKING)
        requested, accepted, underflows = self._earlier_counts
        return replace(
            status,
            requested=status.requested + requested,
            accepted=status.accepted + accepted,
            underflows=status.underflows + underflows,
        )

    def log(self) -> tuple[PlayRecord, ...]:
        """The last requests on all devices, oldest first."""
        return (self._earlier + self._player.log())[-LOG_LENGTH:]

    def rescan(self) -> tuple[CuePlayer, str | None]:
        """Look for outputs now. Returns this same player and why it is silent, if it is."""
        with self._searching:
            if not self._over.is_set():
                self._exchange()
        return self, self._why

    def close(self) -> None:
        """Stop for good. Waits for a search under way, but not for a sound system that hangs."""
        self._over.set()
        self._wake.set()
        closing = threading.Thread(target=self._close, name="sound-closing", daemon=True)
        closing.start()
        closing.join(PATIENCE_S)

    def _close(self) -> None:
        with self._searching:
            self._player.close()
        if self._thread is not threading.current_thread():
            self._thread.join()

    # ------------------------------------------------------------------ the search

    def _watch(self) -> None:
        while not self._over.is_set():
            woken = self._wake.wait(self._poll_s)
            self._wake.clear()
            with self._searching:
                if not self._over.is_set():
                    self._look(woken)

    def _look(self, woken: bool) -> None:
        """Do what the state of things asks for."""
        now_s = self._clock_ns() / NS_PER_S
        status = self._player.status()
        if self._move:
            self._move = False
            self._go_over(status)
        elif not status.working:
            if woken or now_s >= self._next_search_s:
                self._exchange()
        elif status.elsewhere and now_s >= self._next_search_s and not self._player.busy:
            self._exchange()
        elif self._owed:
            self._pay()

    def _exchange(self) -> None:
        """Close the player and open one on the outputs there are now."""
        self._since_ns = self._clock_ns()
        try:
            self._renew()
        finally:
            self._since_ns = None

    def _renew(self) -> None:
        old = self._player
        status = old.status()
        self._owed.extendleft(reversed(old.unfinished()))  # they were asked for before what was refused
        new, self._why = old.rescan()
        if new is not old:
            self._install(new, old, status)
        self._plan_search()
        self._pay()

    def _plan_search(self) -> None:
        """When to look again, as the outputs are now."""
        status = self._player.status()
        pause_s = self._look_s if status.elsewhere else 0.0
        if not status.working:
            pause_s = self._retries_s[min(self._tries, len(self._retries_s) - 1)]
            self._tries += 1
        else:
            self._tries = 0
        self._next_search_s = self._clock_ns() / NS_PER_S + pause_s

    def _go_over(self, before: PlayerStatus) -> None:
        """Another output was chosen: beside the old one where the sound system knows it, else by a new look."""
        old = self._player
        if before.working:
            new, why = self._opener(old.options)
            status = new.status()
            if status.working and not status.elsewhere:
                self._why = why
                new.set_muted(before.muted)
                self._leaving = old
                self._install(new, old, before)
                self._let_finish(old)
                old.close()
                self._leaving = None
                return
            new.close()
            self._let_finish(old)
        self._exchange()

    def _install(self, new: OutputPlayer, old: OutputPlayer, status: PlayerStatus) -> None:
        self._player = new
        self._earlier = (self._earlier + old.log())[-LOG_LENGTH:]
        requested, accepted, underflows = self._earlier_counts
        counts = (requested + status.requested, accepted + status.accepted, underflows + status.underflows)
        self._earlier_counts = counts

    def _let_finish(self, player: OutputPlayer) -> None:
        """Wait until it has said what it had begun."""
        end_s = time.monotonic() + LONGEST_CUE_S
        while player.busy and player.status().working and time.monotonic() < end_s:
            if self._over.wait(0.02):
                return
        self._over.wait(BUFFERED_S)

    def _pay(self) -> None:
        """Play what was not heard, in order, where it is still of use."""
        if not self._player.status().working:
            return
        while self._owed:
            what, asked_ns = self._owed.popleft()
            if self._clock_ns() - asked_ns < STALE_NS:
                self._player.play(what)
