"""A run that no sensor ever joined: what the runner marked is there all the same."""

from monitor.pipeline import Pipeline
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.replay import replay
from monitor.settings import Settings
from monitor.values import NS_PER_S, EventKind, Mark, Mode, RunInfo


def test_marks_of_a_run_without_sensors(tmp_path):
    path = tmp_path / "alone.headsup"
    writer = RecordingWriter(path, RunInfo("alone", "2026-11-22T09:30:00+00:00", Mode.ROAD, False, "0"), "", "")
    entries = [Mark(i * NS_PER_S, "cramp") for i in range(1, 4)]
    for entry in entries:
        writer.append(entry)
    writer.close()
    live = Pipeline((), None, Settings()).push(entries)
    with open_recording(path) as recording:
        again = replay(recording, Pipeline((), None, Settings()))
    assert [e.kind for e in again.events] == [EventKind.MARK] * 3
    assert again.events == live.events
