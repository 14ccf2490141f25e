"""What a live run says of itself: silence once, a form check's answer, and a mute that does not pretend."""

from __future__ import annotations

import pytest

from monitor.coaching.watch import ASKED
from monitor.commands.form_checks import CheckListener
from monitor.commands.live_run import LiveRun
from monitor.commands.news import SHOWN_S, News
from monitor.errors import OutputUnavailableError
from monitor.outputs.player import NullPlayer
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.settings import Settings
from monitor.values import NS_PER_S, Event, EventKind, Mark, PipelineOutput, RunInfo

SILENT = "Sounds are switched off."


class Nothing:
    """A source of nothing."""

    def start(self, sink, clock_ns):
        pass

    def stop(self):
        pass


@pytest.fixture
def live(tmp_path):
    info = RunInfo("run", "2026-01-01T00:00:00+00:00", Settings().mode, True, "0")
    writer = RecordingWriter(tmp_path / "run.headsup", info, Settings().to_json())
    run = LiveRun(Nothing(), Settings(), None, writer, NullPlayer(SILENT), (), simulate=True)
    run.start()
    yield run
    run.stop()


def notices(live, seconds):
    """What stands on the screen, second by second."""
    shown = []
    for _ in range(seconds):
        live.watch_health()
        shown.append(live.model.snapshot().notice)
        live.session._start_ns -= NS_PER_S  # a second goes by
    return shown


def test_a_run_without_sounds_says_so_once(live):
    shown = notices(live, 30)
    live._news.add("heart", "Heart strap connected")
    shown += notices(live, 30)
    turns = [b for a, b in zip(["", *shown], shown, strict=False) if a != b]
    assert turns == [SILENT, "", "Heart strap connected", ""]
    assert shown.count(SILENT) == SHOWN_S


def test_a_run_without_sounds_does_not_pretend_to_switch_them_on(live):
    with pytest.raises(OutputUnavailableError, match="without sounds"):
        live.mute(False)


def test_a_form_check_that_is_asked_for_is_a_mark_in_the_recording(live, tmp_path):
    assert live.form_check() == "Form check: one moment"
    live.stop()
    with open_recording(tmp_path / "run.headsup") as recording:
        assert [c.label for c in recording.controls() if isinstance(c, Mark)] == [ASKED]


def test_the_answer_to_a_form_check_is_shown_and_that_of_another_is_not():
    def check(kind, text):
        return Event(0, EventKind.FORM_CHECK, prompted=True, detail={"check": kind, "text": text})

    news = News()
    listener = CheckListener(news)
    listener.output(PipelineOutput((), (check("middle", "Form check. Not asked for."),), ()))
    assert news.current(0.0) == ""
    answer = "Form check. Your head is as it was at the start."
    listener.output(PipelineOutput((), (check("asked", answer), Event(0, EventKind.MARK)), ()))
    assert news.current(1.0) == answer
