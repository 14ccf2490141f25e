"""Which run of the fading programme this is: a small file beside the profiles counts the runs of each profile."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from calibration.model import Profile
from monitor.alerts.fading import schedule
from monitor.commands import places
from monitor.settings import MOST_RUNS, Settings
from monitor.values import NS_PER_S, Control, PipelineOutput, SensorInfo

FORMAT, VERSION = "headsup-fading-runs", 1
LARGEST_BYTES = 100_000
SHORTEST_NS = 300 * NS_PER_S
"""A run that is no longer is a try-out, or one that was broken off, and does not count."""


def runs_file() -> Path:
    """Where the runs are counted."""
    return places.profiles_folder().parent / "fading_runs.json"


class ProgrammeRun:
    """This run's place in the programme; as a listener of the session it learns how long the run was.

    settings : those of this run, with its number in `fading_run`
    notices : what the runner should know before it, one sentence each
    """

    def __init__(self, settings: Settings, profile: Profile | None, path: Path, *, simulate: bool = False) -> None:
        self.settings = settings
        self.notices: tuple[str, ...] = ()
        self._path = path
        self._profile = ""
        self._length_ns = 0
        # Without a calibration there are no cues to fade; nor does a simulated run teach the wearer of a real profile.
        if not settings.fading or profile is None or profile.simulated is not simulate:
            return
        self._profile = profile.name
        done, damage = _read(path)
        number = min(MOST_RUNS, max(int(settings.fading_run), done.get(profile.name, 0) + 1))
        self.settings = settings.replaced(fading_run=number)
        cues = schedule(self.settings).in_words()
        notice = f"Cues fade from run to run. This is run {number} of '{profile.name}': {cues}."
        if damage:
            notice = f"{path} counts your runs and {damage}; counting starts again. {notice}"
        self.notices = (notice,)

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
        done, _ = _read(self._path)  # anew: another run may have been counted meanwhile
        done[self._profile] = max(done.get(self._profile, 0), int(self.settings.fading_run))
        try:
            _write(self._path, done)
        except OSError as error:
            return f"this run could not be counted in {self._path}: {error.strerror}"
        return ""


def _read(path: Path) -> tuple[dict[str, int], str]:
    """Runs done by profile, and what is wrong with the file ('' for nothing, also where there is none yet)."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return {}, "is not a plain file"
        if about.st_size > LARGEST_BYTES:
            return {}, "is far too large"
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"cannot be read ({error.strerror})"
    except (ValueError, RecursionError):
        return {}, "is damaged"
    runs = table.get("runs") if isinstance(table, dict) and table.get("format") == FORMAT else None
    if not isinstance(runs, dict) or table.get("version") != VERSION:
        return {}, "is damaged"
    if not all(type(n) is int and 0 <= n <= MOST_RUNS for n in runs.values()):
        return {}, "is damaged"
    return runs, ""


def _write(path: Path, runs: dict[str, int]) -> None:
    """Replace the file in one step. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with open(part, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "version": VERSION, "runs": runs}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
