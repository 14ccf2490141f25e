"""What earlier runs of a profile say of this one: its place in the fading programme, and how long it is likely to last.

Two small files beside the profiles: one counts the runs whose cues fade, one keeps the lengths of all.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from calibration.model import Profile
from monitor.alerts.fading import schedule
from monitor.commands import places
from monitor.commands.run_lengths import add_length, read_lengths, usual_minutes
from monitor.commands.small_file import DAMAGED, read_table, write_table
from monitor.settings import MOST_RUNS, Settings
from monitor.values import NS_PER_S, Control, PipelineOutput, SensorInfo

FORMAT, VERSION = "headsup-fading-runs", 1
LENGTHS = "run_lengths.json"
SHORTEST_NS = 300 * NS_PER_S
"""A run that is no longer is a try-out, or one that was broken off, and does not count."""


def runs_file() -> Path:
    """Where the runs are counted."""
    return places.profiles_folder().parent / "fading_runs.json"


class ProgrammeRun:
    """This run among those of its profile; as a listener of the session it learns how long the run was.

    settings : those of this run, with its number in `fading_run`, and in `coaching.learned_min` how long it is likely
        to last, where that is known and the settings do not say so themselves
    notices : what the runner should know before it, one sentence each
    """

    def __init__(self, settings: Settings, profile: Profile | None, path: Path, *, simulate: bool = False) -> None:
        self.settings = settings
        self.notices: tuple[str, ...] = ()
        self._path = path
        self._profile = ""
        self._length_ns = 0
        # Without a calibration there are no cues to fade; nor does a simulated run teach the wearer of a real profile.
        if profile is None or profile.simulated is not simulate:
            return
        self._profile = profile.name
        self._learn_length()
        if settings.fading:
            self._count_on(profile)

    def _learn_length(self) -> None:
        _, damage = read_lengths(self._lengths)
        if damage:
            self.notices = (f"{self._lengths} keeps how long you run and {damage}; learning starts again.",)
        minutes = usual_minutes(self._lengths, self._profile)
        coaching = self.settings.coaching
        if minutes and not coaching.learned_min:
            self.settings = self.settings.replaced(coaching=replace(coaching, learned_min=minutes))

    @property
    def _lengths(self) -> Path:
        return self._path.with_name(LENGTHS)

    def _count_on(self, profile: Profile) -> None:
        path, settings = self._path, self.settings
        done, damage = _read(path)
        number = min(MOST_RUNS, max(int(settings.fading_run), done.get(profile.name, 0) + 1))
        self.settings = settings.replaced(fading_run=number)
        cues = schedule(self.settings).in_words()
        notice = f"Cues fade from run to run. This is run {number} of '{profile.name}': {cues}."
        if damage:
            notice = f"{path} counts your runs and {damage}; counting starts again. {notice}"
        self.notices = (*self.notices, notice)

    def sensor(self, info: SensorInfo) -> None:
        """Listener: no part of the programme."""

    def output(self, output: PipelineOutput) -> None:
        """Listener: the run is as long as there is data."""
        self._length_ns = max([self._length_ns, *(int(t.t_ns[-1]) for t in output.tracks if len(t))])

    def control(self, entry: Control) -> None:
        """Listener: no part of the programme."""

    def finish(self) -> str:
        """The run is over: count it where it was long enough. '' or, in words, why it could not be counted."""
        if not self._profile or self._length_ns <= SHORTEST_NS:
            return ""
        try:
            add_length(self._lengths, self._profile, self._length_ns / NS_PER_S)
            if self.settings.fading:
                done, _ = _read(self._path)  # anew: another run may have been counted meanwhile
                done[self._profile] = max(done.get(self._profile, 0), int(self.settings.fading_run))
                write_table(self._path, FORMAT, VERSION, {"runs": done})
        except OSError as error:
            return f"this run could not be counted in {self._path}: {error.strerror}"
        return ""


def _read(path: Path) -> tuple[dict[str, int], str]:
    """Runs done by profile, and what is wrong with the file ('' for nothing, also where there is none yet)."""
    table, damage = read_table(path, FORMAT, VERSION)
    runs = table.get("runs", {} if damage or not table else None)
    if not isinstance(runs, dict) or not all(type(n) is int and 0 <= n <= MOST_RUNS for n in runs.values()):
        return {}, DAMAGED
    return runs, damage
