"""The live window's buttons: what each is called, which key does the same, and what it does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from monitor.dashboard.drill_view import choices
from monitor.dashboard.touch_bar import Touch
from monitor.values import Mode

if TYPE_CHECKING:
    from monitor.dashboard.window import LiveWindow

CHOICE_KEYS = "1234567890"


def bar_touches(window: LiveWindow) -> tuple[Touch, ...]:
    """Along the bottom: what is wanted in a hurry. The last three change their words with the page."""
    marks = (("Cramp", "M", "cramp"), ("Sore neck", "N", "sore neck"), ("Note", "B", "note"))
    return (
        *(
            Touch(words, key, partial(window.wishes.mark, label), f"Marks this moment: {label}.")
            for words, key, label in marks
        ),
        Touch("Rest", "S", lambda: _pressed(window, "s"), "Cues rest for some minutes."),
        Touch("Figures", "G", window.turn_page, "Shows the figures and charts, or the runner."),
        Touch("More", "O", window.open_more, "Shows everything else as large buttons."),
    )


def more_touches(window: LiveWindow) -> tuple[Touch, ...]:
    """Everything else."""
    return (
        Touch("Drills", "D", window.open_drills, "Shows the drills to choose from."),
        Touch("Form check", "F", lambda: _back_after(window, "f"), "Compares your form with minutes 5 to 10."),
        Touch(
            "Re-zero",
            "Z",
            partial(_done, window, window.wishes.rezero),
            "Takes the last five seconds as looking far ahead.",
        ),
        Touch("Minutes", "T", window.next_span, "Charts of one, two, five or ten minutes."),
        Touch("Settings", ",", partial(_done, window, window.open_settings), "Opens the settings; the run goes on."),
        *(
            Touch(
                mode.value.capitalize(),
                key,
                partial(_done, window, partial(window.wishes.set_mode, mode)),
                f"Ground: {mode}.",
            )
            for mode, key in zip(Mode, "123", strict=True)
        ),
        Touch("Sound off", "Space", window.turn_sound, "Switches the sounds off or on."),
        Touch("Light", "L", window.turn_theme, "Light or dark colours."),
        Touch("Full screen", "F11", window.turn_full_screen, "The whole screen, or a window."),
        Touch("Keys", "?", window.turn_help, "The list of keys."),
        Touch("End the run", "Q", window.leave, "Ends the run; the recording is kept."),
        Touch("Slower", "-", lambda: _pressed(window, "-"), "Treadmill slower."),
        Touch("Faster", "+", lambda: _pressed(window, "+"), "Treadmill faster."),
        Touch("Flatter", "[", lambda: _pressed(window, "["), "Treadmill flatter."),
        Touch("Steeper", "]", lambda: _pressed(window, "]"), "Treadmill steeper."),
    )


def drill_touches(window: LiveWindow) -> tuple[Touch, ...]:
    """The routines, then the drills."""
    return tuple(
        Touch(f"{name}\n{much}", key, partial(window.start_drill, choice), f"Begins {name.lower()}: {much}.")
        for key, (choice, name, much) in zip(CHOICE_KEYS, choices(), strict=True)
    )


def _pressed(window: LiveWindow, key: str) -> None:
    window.wishes.press(key)


def _done(window: LiveWindow, action: object) -> None:
    """Do it, and show the run again."""
    if callable(action):
        action()
    window.back_to_run()


def _back_after(window: LiveWindow, key: str) -> None:
    _done(window, partial(window.wishes.press, key))
