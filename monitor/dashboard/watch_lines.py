"""The log's lines about the watch: when it pauses and why, and when it goes on."""

from __future__ import annotations

from monitor.dashboard.live_view import Cue, LogLine
from monitor.dashboard.watch import Turn, Watch, WatchTurns, watch_codes
from monitor.review.report_words import SHOULDER_WORDS, clock_words, span_words
from monitor.values import Site, Track


class SensorWatch:
    """The watch that one sensor keeps. Only the `leads` sensor tells that the wearer does not run: once is enough."""

    def __init__(self, site: Site, *, leads: bool, grace_s: float) -> None:
        self._what = SHOULDER_WORDS.get(site, "shoulders").capitalize()
        self._leads = leads
        self._grace_s = grace_s
        self._cues_from_s = grace_s
        self._lost_told = self._watched = False
        self._turns = WatchTurns()

    def lost(self) -> None:
        """The log has a line of its own about the lost link."""
        self._lost_told = True

    def back(self, t_s: float) -> None:
        """The link is back: cues rest for a while."""
        self._cues_from_s = t_s + self._grace_s

    def lines(self, track: Track) -> list[LogLine]:
        """The lines that a track of one or more brings."""
        codes = watch_codes(track)
        if not self._leads:
            codes[codes == Watch.NOT_RUNNING] = Watch.ON
        return [line for turn in self._turns.push(track.t_ns, codes) if (line := self._line(turn)) is not None]

    def _line(self, turn: Turn) -> LogLine | None:
        if turn.watch is Watch.ON:
            again, self._watched, self._lost_told = self._watched, True, False
            return None if turn.before is None else self._goes_on(turn, again=again)
        if turn.watch is Watch.LINK_GAP and self._lost_told:
            return None
        if self._leads:
            title = "Watch paused" if self._watched else "Not watching yet"
        else:
            title = f"{self._what} not watched"
        return LogLine(turn.t_s, title, turn.watch.words, Cue.PAUSED)

    def _goes_on(self, turn: Turn, *, again: bool) -> LogLine:
        title = "Watching" if self._leads else f"{self._what} watched"
        title = f"{title} again" if again else title
        words = [f"after {span_words(turn.lasted_s)}"]
        if turn.t_s < self._cues_from_s:
            words.append(f"cues from {clock_words(self._cues_from_s)} on")
        return LogLine(turn.t_s, title, ", ".join(words), Cue.WATCHING)
