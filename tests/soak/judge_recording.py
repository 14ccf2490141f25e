"""The recording of a soak: opens, holds all that was delivered, and replays to what the run gave, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.errors import HeadsUpError
from monitor.pipeline import Pipeline
from monitor.recording.reader import Recording, open_recording
from monitor.review.analyse import recorded_profile, recorded_settings
from monitor.review.replay import replay
from tests.soak.soak_record import Fingerprints, SoakRecord, control_bytes, event_text
from tests.soak.verdict import Verdict

_CHECK = "the recording holds all that was delivered"
_REPLAY = "a replay equals the run, bit for bit"


def judge_recording(path: Path, record: SoakRecord) -> list[Verdict]:
    """Read it all, then replay it."""
    try:
        with open_recording(path) as recording:
            held = _held(recording, record)
            return [held, _replayed(recording, record)]
    except HeadsUpError as error:
        return [Verdict(_CHECK, "it does not open", "all of it", (str(error),))]


def _held(recording: Recording, record: SoakRecord) -> Verdict:
    findings = [] if recording.closed else ["it was not closed"]
    packets = Fingerprints()
    count = dict.fromkeys(record.packets, 0)
    for blocks in recording.packet_slices(600.0):
        for block in blocks:
            packets.packets(block)
            count[block.sensor] = count.get(block.sensor, 0) + len(block.t_ns)
    findings += [
        f"{key}: {count.get(key, 0)} of {record.notifications.get(key, 0)} notifications, or others"
        for key in sorted(record.packets.keys() | packets.shown().keys())
        if packets.shown().get(key) != record.packets.get(key)
    ]
    controls = Fingerprints()
    for entry in recording.controls():
        controls.add("controls", control_bytes(entry))
    if controls.shown().get("controls", "") != record.controls:
        findings.append("marks and link changes differ")
    if [event_text(live.event) for live in recording.live_events()] != _texts(record):
        findings.append("the events that the runner was given differ")
    findings += [str(damage) for damage in recording.verify()]
    figure = f"{sum(count.values())} notifications, {len(recording.controls())} marks and changes of state"
    return Verdict(_CHECK, figure, "all of it", tuple(findings))


def _replayed(recording: Recording, record: SoakRecord) -> Verdict:
    pipeline = Pipeline((), recorded_profile(recording), recorded_settings(recording))
    again = replay(recording, pipeline)
    findings = []
    if [event_text(event) for event in again.events] != _texts(record):
        findings.append("events differ")
    tracks = Fingerprints()
    for track in again.tracks.values():
        tracks.track(track)
    shown = tracks.shown()
    findings += [
        name for name in sorted(shown.keys() | record.tracks.keys()) if shown.get(name) != record.tracks.get(name)
    ]
    rows = sum(len(track) for track in again.tracks.values())
    return Verdict(_REPLAY, f"{len(again.events)} events, {rows} rows of posture", "equal", tuple(findings))


def _texts(record: SoakRecord) -> list[str]:
    return [json.dumps(event, sort_keys=True) for event in record.events]
