"""What the library's window says."""

from __future__ import annotations

from monitor.library.rows import RunRow
from monitor.library.words import day_words, short_name

TITLE = "Heads Up: your runs"
EMPTY = (
    "No runs yet. Your first one comes here by itself when you end it.\n\n"
    "To run now: headsup live. To look around with a SIMULATED runner: headsup demo."
)
HINT = (
    "Choose a run to see its numbers, two or more to see them side by side.\n\n"
    "Space or a click chooses a run and lets it go again; the first you choose is what the others are compared with."
)
ONE_MORE = "Choose another run to see the two side by side."
COMPARING = "Laying the runs side by side ..."
NUMBER, THIS_RUN, NUMBERS, CHART = "Number", "This run", "The numbers", "Chart"
SIDE, WEEKS, CALIBRATIONS = "Side by side", "Over the weeks", "Calibrations"
NO_WEEKS = (
    "Nothing to follow yet. From five runs on the same calibration, over a week or more, a direction can be told."
)
WEEKS_HELP = (
    "Only runs measured with the same ruler are joined: same calibration, sensor, mode and limit. "
    "A solid line is certain; with dashes no change can be told."
)
NO_CALIBRATIONS = "No calibrations yet: headsup calibrate."
CALIBRATIONS_HELP = (
    "d' tells how clearly a posture stands out: from 2 on it is claimed. "
    "The neutral also turns when the sensor sits otherwise on the cap."
)
NO_DISTANCE = "Not every one of these runs knows how far it went: shown over time."
NOTHING_TO_SAVE = "Choose two or more runs first, then save the page."
KEYS = (
    "↑ ↓        another run",
    "Space      choose it, or let it go",
    "Esc        let all go",
    "Ctrl+1 2 3 side by side, over the weeks, calibrations",
    "D          charts over time, or over distance",
    "S          save the page of these runs",
    "F5         look at the folder again",
    "L          light or dark",
    "F11        the whole screen",
    "Q          close",
)


def heading(row: RunRow) -> str:
    """A run in a line."""
    simulated = "SIMULATED · " if row.simulated else ""
    return f"{simulated}{day_words(row)} · {row.modes or 'no mode'} · {short_name(row)}"


def spoken(row: RunRow) -> str:
    """A run for a screen reader."""
    return f"{heading(row)}: {row.error}" if row.error else heading(row)


def count_words(count: int, simulated: int) -> str:
    """How many runs there are."""
    runs = f"{count} run{'s' if count != 1 else ''}"
    return f"{runs}, {simulated} of them SIMULATED" if simulated else runs
