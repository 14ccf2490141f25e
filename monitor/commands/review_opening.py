"""How a run is opened for its window: from the cache where it was opened before, else worked out, telling how far."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from calibration import store
from calibration.model import Profile
from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment
from monitor.commands import places
from monitor.commands.analyze import LONGEST_OFFSET_S
from monitor.dashboard.review.panel_watch_file import find
from monitor.errors import RecordingError, SettingsError
from monitor.interop.reading import read_watch
from monitor.recording.reader import Recording, open_recording
from monitor.review.analyse import analyse
from monitor.review.cache import ReviewCache, file_stamp
from monitor.review.replay import SLICE_S
from monitor.review.report_words import span_words
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.values import LogEntry, Mode

Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to be opened: which recording, calibration and mode, which watch beside it and where it lies.

    alignment : None: worked out; session : the activity of a watch's file with several, None: all
    """

    recording: Path
    profile: Profile | None
    mode: Mode | None
    watch: Path | None
    alignment: Alignment | None
    session: int | None
    cache: ReviewCache
    said: list[str] = field(default_factory=list)
    """Sentences on the recording, once it was opened."""

    def opened(self, tell: Tell) -> ReviewedRun:
        """The run, from the cache or worked out. Raises HeadsUpError, and whatever `tell` raises."""
        tell("Reading the recording…", None)
        with open_recording(self.recording) as recording:
            self.said[:] = [str(damage) for damage in recording.damage]
            key = self._key()
            kept = self.cache.get(key, recording)
            if kept is not None:
                return kept
            run = self._worked_out(recording, tell)
            self.said[:] = [str(damage) for damage in recording.damage]
            tell("Keeping it for a quick second opening…", None)
        self.cache.put(key, run)
        return run

    def _key(self) -> str:
        return self.cache.key(
            self.recording,
            store.to_json(self.profile) if self.profile is not None else "",
            self.mode.value if self.mode is not None else "",
            f"{self.watch.name} {file_stamp(self.watch)}" if self.watch is not None else "",
            json.dumps(asdict(self.alignment)) if self.alignment is not None else "",
            str(self.session or ""),
        )

    def _worked_out(self, recording: Recording, tell: Tell) -> ReviewedRun:
        track = read_watch(self.watch, session=self.session) if self.watch is not None else None
        analysis = analyse(_Followed(recording, tell), profile=self.profile, mode=self.mode)
        tell("Working out what it means…", None)
        try:
            return reviewed(analysis, track, self.alignment, self.watch.name if self.watch is not None else "")
        except ValueError as error:
            if track is None:
                raise
            why = "does not say when the run began, so no watch can lie beside it"
            raise RecordingError(self.recording, why) from error


class _Followed(Recording):
    """A recording that tells how much of it has been read."""

    def __init__(self, recording: Recording, tell: Tell) -> None:
        vars(self).update(vars(recording))
        self._tell = tell

    def entries(
        self, from_ns: int | None = None, to_ns: int | None = None, slice_s: float = SLICE_S
    ) -> Iterator[list[LogEntry]]:
        for entries in super().entries(from_ns, to_ns, slice_s):
            yield entries
            if entries:
                last = entries[-1]
                t_ns = last.t_ns if isinstance(last.t_ns, int) else int(last.t_ns[-1])
                done_s = (t_ns - self.first_ns) / 1e9
                share = min(done_s / max(self.duration_s, 1e-9), 1.0)
                self._tell(f"Working out the posture: {span_words(done_s)} of {span_words(self.duration_s)}", share)


def wanted(args: argparse.Namespace, cache_folder: Path) -> Wanted:
    """What the command's options ask for; without a watch, the one that was chosen before. Raises HeadsUpError."""
    if args.offset is not None and args.watch is None:
        raise SettingsError("--offset", "goes with --watch FILE")
    if args.offset is not None and not abs(args.offset) <= LONGEST_OFFSET_S:
        raise SettingsError("--offset", "must be a number of seconds, at most ten years")
    watch, session = args.watch, None
    alignment = by_hand(args.offset) if args.offset is not None else None
    before = find(args.recording)
    if not isinstance(before, str) and alignment is None:
        choice, path = before
        if watch is None or choice.is_of(watch):
            watch, alignment, session = watch or path, choice.alignment(), choice.session
    if args.watch is not None and not args.watch.is_file():  # refused before any window
        raise RecordingError(args.watch, "there is no such file")
    return Wanted(
        recording=args.recording,
        profile=store.load(places.profiles_folder(), args.profile) if args.profile else None,
        mode=Mode(args.mode) if args.mode else None,
        watch=watch,
        alignment=alignment,
        session=session,
        cache=ReviewCache(cache_folder),
    )
