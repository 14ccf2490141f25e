"""The review window's buttons along the bottom: what each is called, which key does the same, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.dashboard.touch_bar import Touch

if TYPE_CHECKING:
    from monitor.dashboard.review.review_window import ReviewWindow


def bar_touches(window: ReviewWindow) -> tuple[Touch, ...]:
    """The buttons along the bottom."""
    model = window.model
    return (
        Touch("Play 1×", "Space", window.turn_play, "Plays the run back at the cursor, or holds it."),
        Touch("Slower", "<", window.slower, "Plays back at half the speed."),
        Touch("Faster", ">", window.faster, "Plays back at twice the speed."),
        Touch("Closer", "+", window.closer, "Shows less of the run, larger."),
        Touch("Wider", "−", window.wider, "Shows more of the run."),
        Touch("All", "0", model.show_all, "Shows the whole run."),
        Touch("Before", "↑", lambda: window.jump(-1), "Moves the cursor to the alert, mark or lap before."),
        Touch("Next", "↓", lambda: window.jump(1), "Moves the cursor to the next alert, mark or lap."),
        Touch("A here", "A", model.set_a, "Sets cursor A where the cursor is."),
        Touch("B here", "B", model.set_b, "Sets cursor B where the cursor is, and shows what changed since A."),
        Touch("Take back", "Esc", window.take_back, "Takes back the chosen stretch, else cursors A and B."),
        Touch("Keys", "?", window.turn_help, "The list of keys."),
        Touch("Pages", "P", window.turn_side, "Shows the pages beside the charts, or puts them away."),
    )
