"""Follows a run and says when to check form, loosen up, or sum up. One object; live runs and replays feed the same.

Between two control entries of the log: `take` the new tracks, then ask `until` each cue's arrival what happened before
it, tell it by `heard` what the runner heard, and ask `until(None)` for the rest. Control entries go to `control` in
their place. Everything is decided at the first row of each new second of the run clock, in order of arrival, so any
grouping of the same log gives the same events.

Running time counts the seconds that were run. A plan counts the run clock, as watches do.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.policy import Silence
from monitor.coaching import words
from monitor.coaching.baseline import SensorForm, Stretch
from monitor.coaching.bins import summed_up
from monitor.coaching.moments import LONG_AGO, FullBin, Moments, Second
from monitor.coaching.plan import Plan
from monitor.coaching.result import Detail, check, in_baseline
from monitor.coaching.schedule import Check, Schedule
from monitor.coaching.seen import Seen
from monitor.coaching.tally import Tally
from monitor.coaching.words import Loosen, Why
from monitor.posture.slope import slope_deg
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Control,
    Event,
    EventKind,
    FloatArray,
    Ground,
    Mark,
    Mode,
    ModeChange,
    ReZero,
    Track,
)

ASKED = "form check"
"""The mark with which a runner asks for a check now."""
SORE = ("cramp", "sore neck")
"""The marks whose last minutes are compared with the baseline."""
BEFORE_S = 300
AFTER_MARK_NS = 5 * NS_PER_S
"""By then what was run up to the mark has arrived."""
CLEAR_NS = 10 * NS_PER_S
"""Nothing is told on top of something else that was just said ..."""
CALM_NS = 60 * NS_PER_S
"""... and nobody is asked to loosen up right after a cue."""
PATIENCE_S = 120
"""A check waits so long (running time) for a baseline of this mode, then it is given without comparison."""
LOOSEN_UP = EventKind.LOOSEN_UP
"""The kind of a loosen-up prompt."""
NOTED = (Check.BASELINE, Check.CRAMP)
"""Checks that are only noted: nobody waits to be told of them, so their silence needs no reason."""
SPOKEN = (Check.MIDDLE, Check.END, Check.REGULAR, Check.ASKED)
"""Checks that are told; summaries are told as well, in a sentence of their own."""


@dataclass(frozen=True, slots=True)
class _Sore:
    """A mark to look back from."""

    t_ns: int
    label: str
    mode: Mode


class FormWatch:
    """Follows all sensors of a run. Times are run-clock nanoseconds, 0 = the run's first sample.

    Parameters
    ----------
    seen : which sensors may speak of what, see `monitor.coaching.seen.seen_by`
    settings : those in force, `coaching` and `planned_min` above all
    why_quiet : why no cues are wanted at a time, '' or None where they are; see `monitor.alerts.policy`
    """

    def __init__(self, seen: Seen, settings: Settings, why_quiet: Callable[[int], str | None]) -> None:
        coaching = settings.coaching
        self._seen = seen
        self._coaching = coaching
        self._why_quiet = why_quiet
        self._mode = settings.mode
        self._slope_deg = 0.0
        self._plan = Plan(settings.planned_min or coaching.learned_min, coaching.planned_km)
        self._schedule = Schedule()
        self._moments = Moments()
        self._forms = {key: SensorForm() for key in dict.fromkeys((*seen.heads, *seen.shoulders))}
        self._learned: list[tuple[str, Mode]] = []
        self._tally = Tally()
        self._running_s = 0
        self._runs = False
        self._said_ns = self._quiet_ns = self._loosened_ns = LONG_AGO
        self._grace_ns = round(settings.grace_s * NS_PER_S)
        self._grace_until_ns = self._grace_ns
        self._asked: list[int] = []
        self._sore: deque[_Sore] = deque()
        self._loosen_every_s = self._loosen_at_s = round(coaching.loosen_every_min * 60)
        self._loosen = Loosen.HEAD_CIRCLES
        self._sum_up_every_s = self._sum_up_at_s = round(coaching.summary_every_min * 60)

    # ------------------------------------------------------------------ what happens in the run

    def take(self, track: Track, followed_deg: FloatArray | None = None) -> None:
        """New values of one sensor; they are looked at by `until`.

        followed_deg (n,): what the slow adaptation of the neutral took off the head pitch, degrees; None for nothing
        """
        self._moments.take(track, followed_deg)

    def until(self, before_ns: int | None) -> list[Event]:
        """What is to be told or noted on the rows that arrived before a time (log clock); None: on all there are."""
        return self._work_off(before_ns) if before_ns is not None or self._moments.due else []

    def heard(self, event: Event) -> None:
        """Something else happened in the run: a cue was given, a sensor moved, a link is back."""
        if event.prompted:
            self.said(event.t_ns)
        if event.kind is EventKind.SENSOR_MOVED and event.detail.get("silent") != Silence.SHOWN.value:
            if event.sensor in self._forms:
                self._forms[event.sensor].slipped()
        elif event.kind is EventKind.LINK_BACK:
            self._grace_until_ns = event.t_ns + self._grace_ns

    def said(self, t_ns: int) -> None:
        """The runner was told something, be it only "good"."""
        self._said_ns = max(self._said_ns, t_ns)

    def control(self, entry: Control, t_ns: int) -> None:
        """A control entry in its place in the log, `t_ns` on the run clock; all rows before it have been asked for."""
        if isinstance(entry, Mark):
            label = entry.label.strip().lower()
            if label == ASKED:
                self._asked.append(t_ns)
            elif label in SORE:
                self._sore.append(_Sore(t_ns, label, self._mode))
        elif isinstance(entry, Ground):
            self._work_off()
            self._plan.ground(t_ns, entry.speed_m_s)
            self._slope_deg = slope_deg(entry.grade)
        elif isinstance(entry, ReZero):
            self._start_bins_anew()
            for form in self._forms.values():
                form.forget()
        elif isinstance(entry, ModeChange) and entry.mode is not self._mode:
            self._start_bins_anew()
            self._mode = entry.mode

    def _start_bins_anew(self) -> None:
        self._work_off()
        self._moments.clear_bins()

    def _work_off(self, before_ns: int | None = None) -> list[Event]:
        events: list[Event] = []
        for moment in self._moments.work_off(before_ns):
            if isinstance(moment, FullBin):
                self._add_bin(moment)
            else:
                self._running_s += self._runs  # the second before this one is complete
                self._runs = moment.running
                events += self._decide(moment)
        return events

    def _add_bin(self, full: FullBin) -> None:
        new = summed_up(full.rows, self._mode, self._slope_deg, self._running_s)
        if new is None:
            return
        form = self._forms.get(full.sensor)
        if form and not math.isnan(new.over) and form.add(new):
            self._learned.append((full.sensor, new.mode))
        if full.sensor == next(iter(self._forms), full.sensor):
            self._tally.add(new, of_posture=bool(self._seen))

    # ------------------------------------------------------------------ once a second

    def _decide(self, now: Second) -> list[Event]:
        quiet = self._why_quiet(now.t_ns) or ""
        if quiet:
            self._quiet_ns = now.t_ns
        events = [*self._answer(now), *self._look_back(now)]
        if self._coaching.form_checks:
            events += [*self._note_baselines(now), *self._check_form(now, quiet)]
        return [*events, *self._loosen_up(now, quiet), *self._sum_up(now, quiet)]

    def _answer(self, now: Second) -> list[Event]:
        """A check that was asked for is given at once, in a quiet time too."""
        if not self._asked or now.t_ns < self._asked[0]:
            return []
        self._asked.clear()
        return [self._check(now, Check.ASKED, self._lately(now), self._mode)]

    def _look_back(self, now: Second) -> list[Event]:
        """Marks of something sore, compared in silence: the runner has other worries."""
        events = []
        while self._sore and now.t_ns >= self._sore[0].t_ns + AFTER_MARK_NS:
            mark = self._sore.popleft()
            found = {key: form.before(mark.mode, mark.t_ns, BEFORE_S) for key, form in self._forms.items()}
            stretches = {key: stretch for key, stretch in found.items() if stretch.now}
            event = self._check(now, Check.CRAMP, stretches, mark.mode)
            more: Detail = {"label": mark.label, "mark_s": round(mark.t_ns / NS_PER_S, 3)}
            events.append(Event(event.t_ns, event.kind, detail={**event.detail, **more}))
        return events

    def _note_baselines(self, now: Second) -> list[Event]:
        """What later checks are compared with, sensor by sensor."""
        events = []
        for key, mode in self._learned:
            self._schedule.learned(self._running_s)
            detail = in_baseline(self._seen, key, self._forms[key].baseline(mode))
            text = words.noted(key in self._seen.heads, mode)
            events.append(self._event(now, Check.BASELINE, mode, detail, (text,), sensor=key))
        self._learned.clear()
        return events

    def _check_form(self, now: Second, quiet: str) -> list[Event]:
        due = self._schedule.due(self._plan.progress(now.t_ns), self._running_s)
        loosening = now.t_ns - self._loosened_ns < CALM_NS  # a head that circles is not to be judged
        if due is None or loosening or not self._clear(now, quiet, CLEAR_NS):
            return []
        stretches = self._lately(now)
        if not stretches or not self._may_compare(stretches):
            return []
        self._schedule.did(due, self._running_s)
        return [self._check(now, due, stretches, self._mode, silent=quiet)]

    def _may_compare(self, stretches: dict[str, Stretch]) -> bool:
        """There is a baseline of this mode, or it has been waited for long enough where there is one of another."""
        if any(stretch.base for stretch in stretches.values()):
            return True
        waited_s = self._running_s - (self._schedule.since_s or 0)
        return waited_s >= PATIENCE_S and any(self._forms[key].has_baseline for key in stretches)

    def _loosen_up(self, now: Second, quiet: str) -> list[Event]:
        if not self._loosen_every_s or self._running_s < self._loosen_at_s:
            return []
        welcome = now.running and not now.in_bout and not quiet and now.t_ns >= self._grace_until_ns
        if not welcome or not self._clear(now, quiet, CALM_NS):
            return []
        # On technical ground the eyes are needed.
        what = Loosen.SHAKE_WRISTS if self._mode is Mode.TECHNICAL else self._loosen
        self._loosen = Loosen.SHAKE_WRISTS if what is Loosen.HEAD_CIRCLES else Loosen.HEAD_CIRCLES
        self._loosened_ns = now.t_ns
        self._loosen_at_s = self._running_s + self._loosen_every_s
        self.said(now.t_ns)
        detail: Detail = {"what": what.value, "running_min": self._running_min, "text": words.LOOSEN[what]}
        return [Event(now.t_ns, LOOSEN_UP, prompted=True, detail=detail)]

    def _sum_up(self, now: Second, quiet: str) -> list[Event]:
        if not self._sum_up_every_s or self._running_s < self._sum_up_at_s or not self._clear(now, quiet, CLEAR_NS):
            return []
        self._sum_up_at_s = self._running_s + self._sum_up_every_s
        up, cadence = self._tally.up_share, self._tally.cadence_spm
        self._tally.clear()
        detail: Detail = {} if math.isnan(up) else {"up_share": round(up, 3)}
        if not math.isnan(cadence):
            detail["cadence_spm"] = round(cadence, 1)
        text = words.summary(now.t_ns // (60 * NS_PER_S), up, not self._seen.heads, cadence)
        return [self._event(now, Check.SUMMARY, self._mode, detail, (text,), silent=quiet)]

    # ------------------------------------------------------------------ parts of an event

    @property
    def _running_min(self) -> float:
        return round(self._running_s / 60, 2)

    def _clear(self, now: Second, quiet: str, gap_ns: int) -> bool:
        """Nothing was said, and no quiet time ended, within this time; in a quiet time nothing is said anyway."""
        return bool(quiet) or now.t_ns - max(self._said_ns, self._quiet_ns) >= gap_ns

    def _lately(self, now: Second) -> dict[str, Stretch]:
        found = {key: form.lately(self._mode, now.t_ns) for key, form in self._forms.items()}
        return {key: stretch for key, stretch in found.items() if stretch is not None}

    def _check(self, now: Second, kind: Check, stretches: dict[str, Stretch], mode: Mode, *, silent: str = "") -> Event:
        if stretches:
            result = check(self._seen, self._forms, stretches, mode, looking_back=kind is Check.CRAMP)
            return self._event(now, kind, mode, result.detail, result.said, silent=silent)
        why = Why.TOO_SHORT if kind is Check.CRAMP else Why.NOT_RUNNING
        why = why if self._seen else Why.NOT_SEEN
        return self._event(now, kind, mode, {"not_compared": why.value}, (words.WHY[why],), silent=silent)

    def _event(
        self,
        now: Second,
        kind: Check,
        mode: Mode,
        detail: Detail,
        said: tuple[str, ...],
        *,
        silent: str = "",
        sensor: str = "",
    ) -> Event:
        """The event of a check; `silent`: why it is not told."""
        whole: Detail = {"check": kind.value, "mode": mode.value, "running_min": self._running_min, **detail}
        if said:
            whole["text"] = " ".join((words.FORM_CHECK, *said) if kind in SPOKEN else said)
        told = not silent and kind not in NOTED
        if told:
            self.said(now.t_ns)
        elif silent:
            whole["silent"] = silent
        return Event(now.t_ns, EventKind.FORM_CHECK, sensor, prompted=told, detail=whole)
