"""What the review window shows and where its user is in the run: one value for charts, map and panels. No Qt.

Everything that changes is told to the listeners, who look at the model and draw themselves anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from monitor.dashboard.review.moment import Differences, Moment, differences, moment_at
from monitor.review.reviewed import ReviewedRun

SLOWEST, FASTEST = 0.5, 32.0
LEAST_SHOWN_S = 2.0
"""Nobody reads less: a stride takes 0.7 s."""
LEAST_SELECTED_S = 0.5


class Change(StrEnum):
    """What changed, as listeners are told it."""

    RUN = "run"
    """Another `run`: the watch was moved, a limit changed. Everything may have."""
    CURSOR = "cursor"
    MARKS = "marks"
    """The cursors A and B."""
    SELECTION = "selection"
    RANGE = "range"
    PLAY = "play"
    """Playing or not, and how fast."""


Listener = Callable[[Change], None]


class ReviewModel:
    """A reviewed run with a cursor, the cursors A and B, a selection, the visible range, and play-back.

    All times are seconds of the run's clock, within 0 and `duration_s`; values that are not finite are passed over.
    """

    def __init__(self, run: ReviewedRun) -> None:
        self._run = run
        self._listeners: list[Listener] = []
        self._t_s = 0.0
        self._a_s: float | None = None
        self._b_s: float | None = None
        self._selection: tuple[float, float] | None = None
        self._visible = (0.0, self.duration_s)
        self._playing = False
        self._speed = 1.0

    # ------------------------------------------------------------ what is shown

    @property
    def run(self) -> ReviewedRun:
        """The run, with its columns, course, metrics and insight."""
        return self._run

    @property
    def duration_s(self) -> float:
        """Length of the run; at least a second, so that a chart has an axis."""
        return max(self._run.analysis.duration_s, 1.0)

    @property
    def t_s(self) -> float:
        """Where the cursor is."""
        return self._t_s

    @property
    def a_s(self) -> float | None:
        """Where cursor A is; None: not set."""
        return self._a_s

    @property
    def b_s(self) -> float | None:
        """Where cursor B is; None: not set."""
        return self._b_s

    @property
    def selection(self) -> tuple[float, float] | None:
        """Start and end of the chosen stretch; None: the whole run."""
        return self._selection

    @property
    def visible_s(self) -> tuple[float, float]:
        """Start and end of what the charts show."""
        return self._visible

    @property
    def playing(self) -> bool:
        """Whether `step` moves the cursor."""
        return self._playing

    @property
    def speed(self) -> float:
        """Seconds of the run per second of play-back, 0.5..32."""
        return self._speed

    def values_at(self, t_s: float) -> Moment:
        """Every column at a time; the `Moment` says where nothing is known."""
        return moment_at(self._run.columns, self._run.analysis.modes, t_s)

    def differences(self) -> Differences | None:
        """What changed from A to B; None unless both are set."""
        if self._a_s is None or self._b_s is None:
            return None
        return differences(self.values_at(self._a_s), self.values_at(self._b_s))

    # ------------------------------------------------------------ listening

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Have a function called with each `Change`; what is returned ends that."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def _tell(self, change: Change) -> None:
        for callback in tuple(self._listeners):
            callback(change)

    # ------------------------------------------------------------ cursors and selection

    def move_cursor(self, t_s: float, *, show: bool = True) -> None:
        """Put the cursor somewhere; `show`: the visible range follows where it would leave it."""
        at_s = self._inside(t_s)
        if at_s is None:
            return
        if at_s != self._t_s:
            self._t_s = at_s
            self._tell(Change.CURSOR)
        if show:
            self.show_cursor()

    def show_cursor(self) -> None:
        """Move the visible range, as little as possible, so that the cursor is in it."""
        start, end = self._visible
        if self._t_s < start:
            self.pan(self._t_s - start - 0.1 * (end - start))
        elif self._t_s > end:
            self.pan(self._t_s - end + 0.1 * (end - start))

    def set_a(self, t_s: float | None = None) -> None:
        """Put A at a time; None: where the cursor is."""
        at_s = self._t_s if t_s is None else self._inside(t_s)
        if at_s is not None and at_s != self._a_s:
            self._a_s = at_s
            self._tell(Change.MARKS)

    def set_b(self, t_s: float | None = None) -> None:
        """Put B at a time; None: where the cursor is."""
        at_s = self._t_s if t_s is None else self._inside(t_s)
        if at_s is not None and at_s != self._b_s:
            self._b_s = at_s
            self._tell(Change.MARKS)

    def clear_marks(self) -> None:
        """Take A and B away."""
        if self._a_s is not None or self._b_s is not None:
            self._a_s = self._b_s = None
            self._tell(Change.MARKS)

    def select(self, start_s: float, end_s: float) -> None:
        """Choose a stretch, in either order; one too short to hold anything chooses nothing."""
        ends = self._inside(start_s), self._inside(end_s)
        if ends[0] is None or ends[1] is None:
            return
        start, end = min(ends[0], ends[1]), max(ends[0], ends[1])
        self._choose((start, end) if end - start >= LEAST_SELECTED_S else None)

    def clear_selection(self) -> None:
        """The whole run again."""
        self._choose(None)

    def _choose(self, selection: tuple[float, float] | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self._tell(Change.SELECTION)

    # ------------------------------------------------------------ what the charts show

    def show_range(self, start_s: float, end_s: float) -> None:
        """Show a stretch, in either order; widened where it is too short, moved where it leaves the run."""
        if not (math.isfinite(start_s) and math.isfinite(end_s)):
            return
        low, high = min(start_s, end_s), max(start_s, end_s)
        width = min(max(high - low, LEAST_SHOWN_S), self.duration_s)
        middle = (low + high) / 2
        start = min(max(middle - width / 2, 0.0), self.duration_s - width)
        visible = (start, start + width)
        if visible != self._visible:
            self._visible = visible
            self._tell(Change.RANGE)

    def show_all(self) -> None:
        """Show the whole run."""
        self.show_range(0.0, self.duration_s)

    def zoom(self, factor: float, about_s: float | None = None) -> None:
        """Show `factor` times as much around a time, which stays where it is; None: the cursor, else the middle."""
        if not (math.isfinite(factor) and factor > 0):
            return
        start, end = self._visible
        if about_s is None:
            about_s = self._t_s if start <= self._t_s <= end else (start + end) / 2
        width = min(max((end - start) * factor, LEAST_SHOWN_S), self.duration_s)
        part = (about_s - start) / (end - start)
        begin = min(max(about_s - part * width, 0.0), self.duration_s - width)
        self.show_range(begin, begin + width)

    def pan(self, seconds: float) -> None:
        """Show what lies so much later (earlier, if negative), as wide as before."""
        if math.isfinite(seconds):
            start, end = self._visible
            move = min(max(seconds, -start), self.duration_s - end)
            self.show_range(start + move, end + move)

    # ------------------------------------------------------------ play-back

    def play(self, playing: bool = True) -> None:
        """Let the run go on at the cursor, or hold it. At the run's end it begins anew."""
        if playing and self._t_s >= self.duration_s:
            self.move_cursor(0.0)
        if playing is not self._playing:
            self._playing = playing
            self._tell(Change.PLAY)

    def set_speed(self, speed: float) -> None:
        """How fast play-back is, kept within 0.5 and 32."""
        if not math.isfinite(speed):
            return
        speed = min(max(speed, SLOWEST), FASTEST)
        if speed != self._speed:
            self._speed = speed
            self._tell(Change.PLAY)

    def step(self, wall_s: float) -> None:
        """So many seconds went by for the user; where the run is played, it goes on. It stops at its end."""
        if not self._playing or not wall_s > 0:
            return
        self.move_cursor(self._t_s + wall_s * self._speed)
        if self._t_s >= self.duration_s:
            self.play(False)

    # ------------------------------------------------------------ another run

    def replace_run(self, run: ReviewedRun) -> None:
        """The same recording seen otherwise: another alignment, other limits. Cursors stay where they can."""
        whole = self._visible == (0.0, self.duration_s)
        self._run = run
        end = self.duration_s
        self._t_s = min(self._t_s, end)
        self._a_s = None if self._a_s is None else min(self._a_s, end)
        self._b_s = None if self._b_s is None else min(self._b_s, end)
        if self._selection is not None and self._selection[1] > end:
            start = min(self._selection[0], end)
            self._selection = (start, end) if end - start >= LEAST_SELECTED_S else None
        width = end if whole else min(self._visible[1] - self._visible[0], end)
        start = min(self._visible[0], end - width)
        self._visible = (start, start + width)
        self._tell(Change.RUN)

    def _inside(self, t_s: float) -> float | None:
        """A time within the run; None for what is no time."""
        return min(max(t_s, 0.0), self.duration_s) if math.isfinite(t_s) else None
