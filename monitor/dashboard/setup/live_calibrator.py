"""Leads through the calibration with the sensors themselves: records, judges by the guide, and fits the profile."""

from __future__ import annotations

import logging
import queue
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from calibration.guide import LATE_S, Instruction, Saying
from calibration.model import Profile
from calibration.protocol import AGAIN_CLIP, PoseKind, Step, full, quick, unhurried
from monitor import __version__
from monitor.dashboard.setup.facts import Extent, GuideView, Phase, Pick, Problem, Trouble
from monitor.dashboard.setup.lane import Job, Lane, Post
from monitor.dashboard.setup.leading import Leading
from monitor.dashboard.setup.links import Links
from monitor.dashboard.setup.live_scanner import Radios
from monitor.errors import CalibrationError, HeadsUpError
from monitor.posture_watch import PostureWatch
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.poses import profile_from, spans_of
from monitor.session import Session
from monitor.settings import Settings
from monitor.values import NS_PER_S, RunInfo, Site

_log = logging.getLogger(__name__)
SEARCH_S = 30.0
POLL_S = 0.05
BROKEN = "sensor check"
"""A sensor that does not measure: trying again by itself would not help."""
READY_S = 6.0
"""From the key that starts it until the first instruction: to step back and stand."""
LOST_CLIP, BACK_CLIP = "sensor_lost", "sensor_back"


def steps_for(picks: Sequence[Pick], extent: Extent) -> tuple[Step, ...]:
    """What to ask for."""
    shoulders = any(pick.site is not Site.HEAD for pick in picks)
    if extent is Extent.QUICK:
        return quick(shoulders=shoulders)
    return full(shoulders=shoulders, marks=extent is Extent.MARKS)


class LiveCalibrator:
    """A `Calibrator` over a radio.

    now_utc : ISO 8601, for the profile's date
    say : speaks a clip by its name
    """

    def __init__(
        self,
        radios: Radios,
        lane: Lane,
        settings: Settings,
        now_utc: Callable[[], str],
        say: Callable[[str], None],
        *,
        simulated: bool = False,
    ) -> None:
        self._radios, self._lane, self._settings = radios, lane, settings
        self._now_utc, self._say = now_utc, say
        self._simulated = simulated
        self._post: Post[GuideView] = Post(GuideView(Phase.WAITING))
        self._wishes: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(self, picks: Sequence[Pick], extent: Extent, name: str) -> None:
        """Begin anew."""
        self._wishes = queue.SimpleQueue()
        job = self._post.begin(GuideView(Phase.WAITING, "Waking your sensors ..."))
        task = _Task(tuple(picks), steps_for(picks, extent), name, self._wishes)
        self._lane.start(lambda: self._work(job, task), "set-up calibration")

    def look(self) -> GuideView:
        """How it stands."""
        return self._post.look()

    def again(self) -> None:
        """The present step once more."""
        self._wishes.put("again")

    def skip(self) -> None:
        """Without the present step."""
        self._wishes.put("skip")

    def stop(self) -> None:
        """Give up."""
        self._post.end()

    # ---------------------------------------------------------------- in the lane's thread

    def _work(self, job: Job, task: _Task) -> None:
        if job.stopped.is_set():
            return
        try:
            with tempfile.TemporaryDirectory() as folder:
                profile = self._calibrate(job, task, Path(folder) / "calibration.headsup")
            if profile is not None:
                self._post.put(job, GuideView(Phase.DONE, profile=profile))
        except CalibrationError as error:
            reason = error.reason[:1].upper() + error.reason[1:]
            repeats = error.pose != BROKEN
            self._fail(job, Problem.CALIBRATION_FAILED, f"{reason.rstrip('.')}.", error.remedy, repeats=repeats)
        except _UnansweredError as error:
            self._fail(job, Problem.SENSOR_LOST, str(error), "Switch it on and bring it near, then try again.")
        except HeadsUpError as error:
            self._fail(job, Problem.CALIBRATION_FAILED, str(error))
        except Exception as error:
            _log.exception("the calibration failed")
            self._fail(job, Problem.CALIBRATION_FAILED, f"The calibration broke off ({type(error).__name__}).")

    def _fail(self, job: Job, problem: Problem, sentence: str, *remedies: str, repeats: bool = False) -> None:
        self._post.put(job, GuideView(Phase.FAILED, trouble=Trouble(problem, sentence, remedies, repeats)))

    def _calibrate(self, job: Job, task: _Task, path: Path) -> Profile | None:
        """The profile; None where it was stopped before."""
        from monitor.sources.ble import BleSource, SensorRequest

        steps = task.steps if self._simulated else unhurried(task.steps)
        requests = [SensorRequest(p.site, family=p.found.family, address=p.found.address) for p in task.picks]
        info = RunInfo("calibration", self._now_utc(), self._settings.mode, self._simulated, __version__)
        writer = RecordingWriter(path, info, self._settings.to_json())
        watch, links = PostureWatch(writer), Links({p.site.value for p in task.picks})
        source = BleSource(requests, self._radios.to_calibrate(steps))
        session = Session(source, self._settings, None, watch, [links])
        session.start()
        try:
            leading = self._lead(job, task, steps, session, watch, links)
            if leading is None:
                return None
            self._post.put(job, GuideView(Phase.WORKING, "Working it out ..."))
        finally:
            session.stop()
            writer.close()
        guide = leading.guide
        if guide.failure is not None:
            raise guide.failure
        with open_recording(path) as recording:
            return profile_from(
                recording,
                task.name,
                self._now_utc(),
                spans_of(guide.held),
                eye_height_m=self._settings.gaze.eye_height_m,
                notes=guide.left_out,
                forgiving=True,
            )

    def _lead(
        self, job: Job, task: _Task, steps: Sequence[Step], session: Session, watch: PostureWatch, links: Links
    ) -> Leading | None:
        origin_ns = self._wait(job, session, links)
        if origin_ns is None:
            return None
        sites = {p.site.value: p.site for p in task.picks}
        # The SIMULATED wearer acts by the clock that starts with the first sample, however busy the computer is.
        late_s = float("inf") if self._simulated else LATE_S
        now_s = (session.clock_ns() - origin_ns) / NS_PER_S
        leading = Leading(steps, sites, 0.0 if self._simulated else now_s + READY_S, late_s=late_s)
        was_lost = False
        while not leading.guide.over:
            if job.stopped.wait(POLL_S):
                return None
            if session.failure is not None:
                raise session.failure
            now_s = (session.clock_ns() - origin_ns) / NS_PER_S
            seen = watch.looks(origin_ns)
            lost = links.lost()
            if lost:
                if not was_lost:  # the wearer need not look at the screen to know
                    self._say(LOST_CLIP)
                was_lost = True
                view = GuideView(Phase.LEADING, led=leading.led(now_s), lost=lost, lost_why=links.why_lost())
                self._post.put(job, view)
                continue
            if was_lost:
                was_lost = False
                self._say(BACK_CLIP)
                leading.again(now_s)
            self._follow(task, leading, now_s)
            for instruction in leading.step(now_s, seen):
                self._tell(instruction, watch)
            self._post.put(job, GuideView(Phase.LEADING, led=leading.led(now_s)))
        return leading

    def _follow(self, task: _Task, leading: Leading, now_s: float) -> None:
        """What the wearer wished for since."""
        while not task.wishes.empty():
            if task.wishes.get_nowait() == "skip":
                leading.skip(now_s)
            else:
                leading.again(now_s)

    def _tell(self, instruction: Instruction, watch: PostureWatch) -> None:
        step = instruction.timed.step
        if instruction.saying is Saying.ASK and step.kind is PoseKind.NEUTRAL:
            for finding in watch.rest_findings():
                if finding.serious:  # nobody should go through all the poses with a sensor that does not measure
                    raise CalibrationError(BROKEN, finding.text, "Try again, or use another sensor.")
        if instruction.saying is Saying.AGAIN:
            self._say(AGAIN_CLIP)
        if instruction.saying in (Saying.ASK, Saying.AGAIN) and instruction.clip:
            self._say(instruction.clip)

    def _wait(self, job: Job, session: Session, links: Links) -> int | None:
        """The run-clock time of the first sample, once every sensor streams; None when stopped before."""
        until_s = time.monotonic() + SEARCH_S
        while not (links.all_stream and session.origin_ns is not None):
            missing = " and ".join(links.missing())
            self._post.put(job, GuideView(Phase.WAITING, f"Waking your {missing} sensor ..."))
            if session.failure is not None:
                raise session.failure
            if time.monotonic() > until_s:
                why = f" ({links.why})" if links.why else ""
                raise _UnansweredError(f"The {missing} sensor did not answer within {SEARCH_S:.0f} seconds{why}.")
            if job.stopped.wait(POLL_S):
                return None
        return session.origin_ns


class _UnansweredError(Exception):
    """A sensor did not answer."""


class _Task:
    """What one calibration is about, and the wearer's wishes during it."""

    def __init__(
        self, picks: tuple[Pick, ...], steps: tuple[Step, ...], name: str, wishes: queue.SimpleQueue[str]
    ) -> None:
        self.picks, self.steps, self.name, self.wishes = picks, steps, name, wishes
