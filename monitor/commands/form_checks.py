"""The answer to a form check that the runner asked for, on the screen as long as a remark."""

from __future__ import annotations

from monitor.coaching.schedule import Check
from monitor.commands.news import News
from monitor.values import Control, EventKind, PipelineOutput, SensorInfo


class CheckListener:
    """Shows what is said of a check that was asked for; the voice says it too."""

    def __init__(self, news: News) -> None:
        self._news = news

    def sensor(self, info: SensorInfo) -> None:
        """No check."""

    def control(self, entry: Control) -> None:
        """No check."""

    def output(self, output: PipelineOutput) -> None:
        for event in output.events:
            if event.kind is EventKind.FORM_CHECK and event.detail.get("check") == Check.ASKED.value:
                self._news.add("form check", str(event.detail.get("text", "")))
