"""Windows that stay alive while a test looks at them."""

from __future__ import annotations

import pytest
from constructed_runs import busy_run
from recorded_actions import Recorded

from monitor.dashboard.window import LiveWindow


@pytest.fixture
def shown(qtbot):
    """Shows a widget and keeps it: qtbot holds it weakly, and a collection in the midst of painting would be fatal."""
    kept = []

    def show(widget):
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    yield show
    kept.clear()


@pytest.fixture
def opened(shown):
    """A window on a run, with its actions; `opened("good", recording=True)`."""

    def open_(story: str = "eyes up", **options: object) -> tuple[LiveWindow, Recorded]:
        live, _ = busy_run(story)
        actions = Recorded()
        return shown(LiveWindow(live, actions, theme="dark", **options)), actions

    return open_
