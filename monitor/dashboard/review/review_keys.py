"""What the keys of the review window do: the list that is shown, and the table that is used. No Qt widgets."""

from __future__ import annotations

KEYS = (
    "←  →\tmove the cursor; with Shift: what is shown",
    "↑  ↓\tthe alert, mark or lap before, the next one",
    "+  −\tlook closer, or at more; the wheel does the same",
    "0\tthe whole run;  Z  the chosen stretch",
    "Home  End\tto the start, to the end",
    "Space\tplay, or hold;  <  >  slower, faster",
    "A  B\tset cursor A or B here: differences are shown",
    "drag\tchoose a stretch;  S  choose from A to B",
    "P\tthe pages at the side; Ctrl and a number: that page",
    "L  F11\tlight or dark; full screen",
    "Esc\ttake back: the choice, then A and B",
    "Q\tclose;  ?  this list",
)
CURSOR_PART = 0.01
"""Of what is shown, per press of an arrow key."""
PAN_PART = 0.25
ZOOM = 1.6
