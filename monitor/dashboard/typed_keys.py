"""Single keys from the terminal, without Enter, while the run is shown on it; also from a Windows console."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from typing import Protocol, TextIO

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])")
"""What an arrow, a function key or Alt with a key sends: its '[' is not the bracket key."""
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")
LARGEST_READ = 64


class TypedKeys(Protocol):
    """The characters typed since the last look. Never waits."""

    @property
    def listening(self) -> bool:
        """There is a keyboard."""
        ...

    def take(self) -> str:
        """Printable characters; keys that send sequences are left out."""
        ...


class Console(Protocol):
    """What is used of Windows' own `msvcrt`."""

    def kbhit(self) -> bool:
        """A key waits to be read."""
        ...

    def getwch(self) -> str:
        """The next character, neither echoed nor waited for Enter."""
        ...


class ConsoleKeys:
    """The keys of a Windows console. An arrow or function key comes as two characters, of which the first says so."""

    listening = True
    SPECIAL = ("\x00", "\xe0")

    def __init__(self, console: Console) -> None:
        self._console = console

    def take(self) -> str:
        """As `TypedKeys.take`. A letter such as 'à' is one of `SPECIAL` too, with nothing behind it."""
        text = ""
        for _ in range(LARGEST_READ):
            if not self._console.kbhit():
                break
            key = self._console.getwch()
            if key in self.SPECIAL and self._console.kbhit():
                self._console.getwch()
            elif key.isprintable():
                text += key
        return text


class TerminalKeys:
    """The characters typed since the last look. Never waits, and touches no terminal that others are using."""

    def __init__(self, keyboard: int | None) -> None:
        self._keyboard = keyboard
        self._rest = ""

    @property
    def listening(self) -> bool:
        """There is a keyboard."""
        return self._keyboard is not None

    def take(self) -> str:
        """Printable characters; keys that send sequences are left out."""
        text = self._rest + self._read()
        if text == self._rest:  # nothing came behind a lone Escape
            text = ""
        text = _SEQUENCE.sub("", text)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished else ""
        text = text.removesuffix(self._rest)
        return "".join(c for c in text if c.isprintable())

    def _read(self) -> str:
        import select

        if self._keyboard is None or not _in_front(self._keyboard):
            return ""
        try:
            if not select.select([self._keyboard], [], [], 0)[0]:
                return ""
            return os.read(self._keyboard, LARGEST_READ).decode("utf-8", "ignore")
        except OSError:
            return ""


@contextlib.contextmanager
def typed_keys(stream: TextIO | None) -> Iterator[TypedKeys]:
    """The keys of a terminal, one by one and unseen, until the block is left; none where `stream` is no terminal."""
    if sys.platform == "win32":
        import msvcrt

        yield ConsoleKeys(msvcrt) if stream is not None and stream.isatty() else TerminalKeys(None)
        return
    keyboard = _keyboard(stream)
    if keyboard is None:
        yield TerminalKeys(None)
        return
    import termios
    import tty

    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    try:
        yield TerminalKeys(keyboard)
    finally:
        # A terminal that is gone, or another program's by now, is left alone.
        with contextlib.suppress(termios.error):
            if _in_front(keyboard):
                termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _keyboard(stream: TextIO | None) -> int | None:
    """The file descriptor of a terminal that is ours to read."""
    if stream is None or sys.platform == "win32":
        return None
    try:
        keyboard = stream.fileno()
    except (OSError, ValueError):
        return None
    return keyboard if os.isatty(keyboard) and _in_front(keyboard) else None


def _in_front(keyboard: int) -> bool:
    """This program is in the terminal's foreground; one behind would be stopped for reading."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(keyboard) == os.getpgrp()
    except OSError:
        return False
