"""From a recording to its line in the library, and to all that a comparison needs of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from calibration.model import Profile, SiteCalibration
from monitor.alignment.result import Alignment
from monitor.errors import HeadsUpError
from monitor.interop.reading import read_watch
from monitor.interop.watch import WatchTrack
from monitor.library.measures import numbers_of
from monitor.library.rows import MADE_BY, CalibratedSensor, CalibrationFacts, RunRow
from monitor.library.rulers import ruler_of, site_digest
from monitor.library.scan import FoundRun, content_of, stamp_of
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse, recorded_profile
from monitor.review.choices import read_choices
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun, reviewed

LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run with all that is known of it."""

    row: RunRow
    run: ReviewedRun


def open_run(path: Path, name: str = "") -> OpenedRun:
    """Analyse a recording, with the watch's file that the runner chose for it where that lies beside it.

    Raises HeadsUpError.
    """
    with open_recording(path) as recording:
        profile = recorded_profile(recording)
        analysis = analyse(recording)
        notes = [str(damage) for damage in recording.damage[:3]]
        version = recording.run.app_version
    watch, alignment, watch_name, said = _watch_of(path)
    run = reviewed(analysis, watch, alignment, watch_name)
    notes += [said] if said else []
    if analysis.recovered:
        notes.append("The recording was not closed; all that was written is here.")
    info = analysis.info
    running = next((part.numbers for part in run.insight.gaits if part.name == "running"), None)
    row = RunRow(
        name=name or path.name,
        stamp="",
        content="",
        run_id=clean(info.run_id, 80),
        started_utc=clean(info.started_utc, 40),
        note=clean(info.note, LONGEST_NOTE),
        app_version=clean(version, 40),
        recovered=analysis.recovered,
        watch=watch_name,
        ruler=ruler_of(analysis, profile),
        calibration=calibration_facts(profile) if profile is not None else None,
        numbers=numbers_of(run.metrics, run.columns, running),
        notes=tuple(clean(note, LONGEST_NOTE) for note in notes),
    )
    return OpenedRun(row, run)


def row_of(found: FoundRun) -> RunRow:
    """The line of a recording; where it cannot be used, a line with the reason. Never raises for what a file holds."""
    # The stamp is from before the file is read: what is written meanwhile makes another one.
    stamp, content = stamp_of(found.path), ""
    try:
        content = content_of(found.path)
        row = open_run(found.path, found.name).row
    except HeadsUpError as error:
        # The path is the row's name already.
        said = str(error).removeprefix(f"{found.path}: ")
        return RunRow(found.name, stamp, content, error=clean(f"{said[:1].upper()}{said[1:]}", LONGEST_NOTE))
    except Exception as error:  # one recording that trips the program must not hide all the others
        return RunRow(
            found.name, stamp, content,
            error=clean(f"Cannot be worked out ({type(error).__name__}: {error}); please report it.", LONGEST_NOTE),
        )  # fmt: skip
    return replace(row, stamp=stamp, content=content, made_by=MADE_BY)


def calibration_facts(profile: Profile) -> CalibrationFacts:
    """What the history of calibrations needs of a profile."""
    return CalibrationFacts(
        clean(profile.name, 80),
        clean(profile.created_utc, 40),
        profile.simulated,
        tuple(_sensor(site) for site in profile.sites),
    )


def _sensor(site: SiteCalibration) -> CalibratedSensor:
    head, shoulders = site.head, site.shoulders
    return CalibratedSensor(
        sensor=clean(site.sensor, 40),
        site=clean(site.site, 40),
        name=clean(site.sensor_name, 80),
        address=clean(site.sensor_address, 80),
        digest=site_digest(site),
        head_neutral=head.neutral if head is not None else None,
        head_d=_finite(head.separation_d) if head is not None else None,
        shoulder_neutral=shoulders.neutral if shoulders is not None else None,
        shoulder_d=_finite(shoulders.d_prime) if shoulders is not None else None,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _watch_of(path: Path) -> tuple[WatchTrack | None, Alignment | None, str, str]:
    """The watch's file chosen at review, how it lies, its name, and a sentence where it could not be used."""
    choices, wrong = read_choices(path)
    chosen = choices.watch
    if chosen is None:
        return None, None, "", wrong
    file = path.with_name(chosen.file)
    if not file.is_file():
        return None, None, "", f"The watch's file '{chosen.file}' does not lie beside the recording any more."
    try:
        if not chosen.is_of(file):
            return None, None, "", f"The watch's file '{chosen.file}' is not the one that was chosen."
        return read_watch(file, session=chosen.session), chosen.alignment(), chosen.file, ""
    except HeadsUpError as error:
        return None, None, "", f"The watch's file cannot be used: {error}"
