"""What if, at once: the rules on the run's 25 Hz tracks, while the exact answer is still being worked out.

It takes the followed neutral and all that coaching said as they were in the run, and the rules look 25 times a second
instead of at every sample. So a cue may come or go that the exact answer knows better; that one follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calibration.model import Profile
from monitor.alerts.judge import Sighting
from monitor.coaching.watch import FormWatch
from monitor.pipeline import Pipeline
from monitor.posture.channel import PostureBlock
from monitor.posture.personal import personal
from monitor.review.analysis import RunAnalysis
from monitor.review.modes import mode_spans
from monitor.settings import Settings
from monitor.steps import Begun, Joined, Pause, ReZeroed, Seen, Step
from monitor.values import (
    NS_PER_S,
    Control,
    Event,
    EventKind,
    FloatArray,
    Ground,
    LinkChange,
    Mark,
    ModeChange,
    Quiet,
    Reason,
    ReZero,
    Track,
)

OF_COACHING = frozenset({EventKind.FORM_CHECK, EventKind.LOOSEN_UP})
_REZEROED = re.compile(r"re-zeroed \(([^)]+)\)")


class AsTold(FormWatch):
    """Says what was said and marked in the run, whatever the cues are now."""

    def __init__(self, told: Iterable[Event], origin_ns: int) -> None:
        self._told = sorted(told, key=lambda event: event.t_ns)
        self._origin_ns = origin_ns
        self._at = 0

    def take(self, track: Track, followed_deg: FloatArray | None = None) -> None:
        """Nothing is learned from values (n,)."""

    def until(self, before_ns: int | None) -> list[Event]:
        """What was told before a time (log clock); None: nothing more, as what comes next will ask."""
        out = []
        while self._at < len(self._told) and before_ns is not None:
            if self._told[self._at].t_ns + self._origin_ns >= before_ns:
                break
            out.append(self._told[self._at])
            self._at += 1
        return out

    def rest(self) -> list[Event]:
        """What was told after the last cue."""
        return self._told[self._at :]

    def heard(self, event: Event) -> None:
        """Nothing depends on it."""

    def said(self, t_ns: int) -> None:
        """Nothing depends on it."""

    def control(self, entry: Control, t_ns: int) -> None:
        """Nothing depends on it."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """One sensor's track as the rules read it, and where in it the start of the run was found odd."""

    posture: PostureBlock
    start: tuple[int, float] | None


class QuickLook:
    """A run under other settings, nearly exactly and at once.

    analysis : of the run as it was, the live estimate
    profile : its calibration
    controls : the recording's control entries

    Raises ValueError for an analysis of the best estimate, which no rule has judged.
    """

    def __init__(self, analysis: RunAnalysis, profile: Profile | None, controls: Sequence[Control]) -> None:
        if analysis.estimate != "live":
            raise ValueError("only the live estimate is what the rules judged")
        self._analysis = analysis
        self._profile = profile
        self._changes = [entry for entry in controls if isinstance(entry, ModeChange)]
        self._controls = tuple(_that_matter(controls))
        self._rows = {key: _rows_of(track, analysis) for key, track in analysis.tracks.items() if len(track) > 1}
        marks = {e.t_ns - analysis.origin_ns for e in controls if isinstance(e, Mark)}
        self._told = [
            e for e in analysis.events if e.kind in OF_COACHING or (e.kind is EventKind.MARK and e.t_ns in marks)
        ]
        self._follows = analysis.settings.adapt_neutral
        self._steps = tuple(self._all_steps())

    def look(self, settings: Settings) -> RunAnalysis:
        """The analysis under these settings, of the tracks only `over` and `dwell_s` anew."""
        was = self._analysis
        form = AsTold(self._told, was.origin_ns)
        pipeline = Pipeline((), self._profile, settings.replaced(adapt_neutral=False), form=form)
        steps: Iterable[Step] = self._steps
        if self._follows and not settings.adapt_neutral:
            steps = (_not_followed(step, was) for step in steps)
        out = pipeline.judge_again(steps)
        judged = {track.sensor: track for track in out.tracks}
        tracks = {
            key: replace(track, over=judged[key].over, dwell_s=judged[key].dwell_s, valid=judged[key].valid)
            if key in judged
            else track
            for key, track in was.tracks.items()
        }
        return replace(
            was,
            settings=personal(settings, self._profile),
            tracks=tracks,
            events=(*out.events, *form.rest()),
            modes=mode_spans(settings.mode, self._changes, was.origin_ns, was.duration_s),
        )

    def _all_steps(self) -> Iterator[Step]:
        """The run's rows, cut where a control entry comes between."""
        was = self._analysis
        yield Begun(was.origin_ns)
        yield from (Joined(info) for info in was.sensors)
        done = dict.fromkeys(self._rows, 0)
        for control in (*self._controls, None):
            came = False
            for key, rows in self._rows.items():
                a, n = done[key], len(rows.posture)
                b = n if control is None else int(np.searchsorted(rows.posture.arrival_ns, control.t_ns, "right"))
                if b > a:
                    came, done[key] = True, b
                    yield Seen(key, _cut(rows, a, b))
            if came:
                yield Pause.DECIDE
            if isinstance(control, ReZero):
                yield self._rezeroed(control)
            elif control is not None:
                yield control

    def _rezeroed(self, entry: ReZero) -> ReZeroed:
        """What came of a re-zero in the run."""
        at_ns = entry.t_ns - self._analysis.origin_ns
        marks = (e for e in self._analysis.events if e.kind is EventKind.MARK and e.t_ns == at_ns)
        label = next((str(e.detail["label"]) for e in marks if "re-zero" in str(e.detail.get("label"))), "")
        return ReZeroed(entry, label, tuple(key for key in _REZEROED.findall(label) if key in self._rows))


def _that_matter(controls: Sequence[Control]) -> Iterator[Control]:
    """Those that cues may depend on; of a belt's many reports those that bring another slope, or stop or start it."""
    ground: tuple[float, bool] | None = None
    for entry in controls:
        if isinstance(entry, Ground):
            now = (entry.grade if np.isfinite(entry.grade) else 0.0, entry.speed_m_s == 0)
            if now != ground:
                ground = now
                yield entry
        elif isinstance(entry, (LinkChange, ModeChange, Quiet, ReZero)):
            yield entry


def _rows_of(track: Track, analysis: RunAnalysis) -> _Rows:
    n, unseen = len(track), np.full(len(track), np.nan)
    reason = track.reason.copy()
    # Whether a rule applies is asked anew.
    reason[(reason == Reason.CANNOT_SEE) | (reason == Reason.NOT_CALIBRATED)] = Reason.OK
    posture = PostureBlock(
        index=0,
        period_s=float(np.median(np.diff(track.t_ns))) / NS_PER_S,
        t_ns=track.t_ns + analysis.origin_ns,
        arrival_ns=track.arrival_ns,
        up=np.broadcast_to(np.nan, (n, 3)),
        activity=track.activity,
        cadence_spm=track.cadence_spm,
        stride_slots=unseen,
        angle_deg=unseen,
        sustained_deg=track.sustained_deg,
        phase=unseen,
        display_deg=unseen,
        shoulder=track.shoulder,
        lean_deg=track.lean_deg,
        reason=reason,
        restart=False,
    )
    odd = (e for e in analysis.events if e.kind is EventKind.SENSOR_MOVED and e.sensor == track.sensor)
    start = next(
        ((int(np.searchsorted(track.t_ns, e.t_ns)), float(e.detail["off_deg"])) for e in odd if "off_deg" in e.detail),
        None,
    )
    return _Rows(posture, start)


def _cut(rows: _Rows, a: int, b: int) -> Sighting:
    """Rows a..b."""
    whole = rows.posture
    columns = {
        name: getattr(whole, name)[a:b]
        for name in PostureBlock.__slots__
        if isinstance(getattr(whole, name), np.ndarray)
    }
    start = (rows.start[0] - a, rows.start[1]) if rows.start and a <= rows.start[0] < b else None
    return Sighting(replace(whole, index=a, **columns), start)


def _not_followed(step: Step, was: RunAnalysis) -> Step:
    """A sighting with what the neutral's adaptation took off put back."""
    if not isinstance(step, Seen):
        return step
    posture = step.sighting.posture
    rows = slice(posture.index, posture.index + len(posture))
    followed = np.nan_to_num(was.tracks[step.sensor].followed_deg[rows])
    return replace(
        step, sighting=replace(step.sighting, posture=replace(posture, sustained_deg=posture.sustained_deg + followed))
    )
