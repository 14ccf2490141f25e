"""Opens the set-up in a window of its own and waits for what the wearer wants."""

from __future__ import annotations

from monitor.dashboard.app import application
from monitor.dashboard.setup.facts import SetupChoice, SetupParts

_REMEDY = "Use headsup calibrate and headsup live --no-gui; 'headsup doctor' says what is missing."
SETTLE_S = 10.0
"""The radio and the sound card are waited for so long, so that the run finds them free."""


def run_setup(parts: SetupParts, *, theme: str = "auto", simulate: bool = False) -> SetupChoice:
    """Show the set-up until the wearer starts or leaves. Main thread only. Ctrl-C raises KeyboardInterrupt.

    `simulate`: begin with the SIMULATED runner. Raises OutputUnavailableError where no window can be opened.
    """
    app = application(_REMEDY)
    from PySide6.QtCore import QEventLoop

    from monitor.dashboard.interrupt import ended_by_ctrl_c
    from monitor.dashboard.setup.wizard import SetupWizard

    app.setQuitOnLastWindowClosed(False)  # the live window follows
    wizard = SetupWizard(parts, theme=theme)
    if simulate:
        wizard.model.start_simulated()
    # A loop of its own: once the application was told to quit, no later loop would run.
    loop = QEventLoop()
    chosen: list[SetupChoice] = []

    def take(choice: SetupChoice) -> None:
        chosen.append(choice)
        loop.quit()

    wizard.finished.connect(take)
    try:
        with ended_by_ctrl_c(wizard, wizard.close) as interrupted:
            wizard.show()
            loop.exec()
    finally:
        parts.settle(SETTLE_S)
    if interrupted.is_set():
        raise KeyboardInterrupt
    return chosen[0]
