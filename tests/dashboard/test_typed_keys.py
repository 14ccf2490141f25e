"""Keys from a real pseudo-terminal: letters come, sequences do not, and the terminal is left as it was."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import textwrap

import pytest

from monitor.dashboard.run_keys import press
from monitor.dashboard.typed_keys import ConsoleKeys, TerminalKeys, typed_keys
from monitor.errors import HeadsUpError

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")


class FakeConsole:
    """What `msvcrt` does, with keys typed beforehand."""

    def __init__(self, typed: str) -> None:
        self.waiting = list(typed)

    def kbhit(self) -> bool:
        return bool(self.waiting)

    def getwch(self) -> str:
        return self.waiting.pop(0)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("", ""),
        ("s", "s"),
        ("+]S", "+]S"),
        ("s\xe0H+", "s+"),
        ("\x00;\xe0M]", "]"),
        ("\r\x1b\x08f", "f"),
        ("\xe0", "à"),
    ],
)
def test_a_windows_console_gives_letters_and_no_arrow_keys(typed, taken):
    keys = ConsoleKeys(FakeConsole(typed))
    assert keys.listening
    assert keys.take() == taken
    assert keys.take() == ""


def test_a_windows_console_that_is_never_done_does_not_hold_the_screen():
    class Stuck(FakeConsole):
        def kbhit(self) -> bool:
            return True

        def getwch(self) -> str:
            return "s"

    assert 0 < len(ConsoleKeys(Stuck("")).take()) <= 64


def test_on_windows_a_terminal_has_keys_and_a_file_has_none(monkeypatch, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", FakeConsole("f"))
    with typed_keys(Terminal()) as keys:
        assert keys.listening
        assert keys.take() == "f"
    for stream in (None, io.StringIO("s")):
        with typed_keys(stream) as keys:
            assert not keys.listening
            assert keys.take() == ""


class Asked:
    def __init__(self) -> None:
        self.asked: list[object] = []

    def snooze(self) -> str:
        self.asked.append("snooze")
        return "Cues rest for 5 minutes"

    def form_check(self) -> str:
        self.asked.append("form check")
        return "Form check: one moment"

    def faster(self, steps: int) -> str:
        self.asked.append(("faster", steps))
        return ""

    def steeper(self, steps: int) -> str:
        raise HeadsUpError("The run is over")


def test_every_shared_key():
    actions = Asked()
    assert [press(key, actions) for key in ("s", "S", "+", "=", "-")] == [*["Cues rest for 5 minutes"] * 2, "", "", ""]
    assert actions.asked == ["snooze", "snooze", ("faster", 1), ("faster", 1), ("faster", -1)]
    assert press("F", actions) == "Form check: one moment"
    assert press("]", actions) == "The run is over"
    assert [press(key, actions) for key in ("x", "", "ß", "\x13")] == [None] * 4


# What a terminal of its own does; the test's process must not become one's owner.
_OWNER = """
    import fcntl, os, sys, termios, time
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    from monitor.dashboard.typed_keys import typed_keys
    before = termios.tcgetattr(0)
    with typed_keys(sys.stdin) as keys:
        assert keys.listening
        assert not termios.tcgetattr(0)[3] & (termios.ECHO | termios.ICANON)
        print("ready", flush=True)
        got, end = "", time.monotonic() + 20
        while "." not in got and time.monotonic() < end:
            got += keys.take()
            time.sleep(0.01)
    assert termios.tcgetattr(0) == before
    print("got", got, flush=True)
"""


@contextlib.contextmanager
def on_a_terminal(code: str):
    """A program on a pseudo-terminal of its own: the terminal's other end, and what it prints so far."""
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    os.close(its)
    try:
        yield ours, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        os.close(ours)


@posix
def test_letters_come_one_by_one_and_arrow_keys_are_no_brackets():
    with on_a_terminal(_OWNER) as (terminal, process):
        assert process.stdout.readline() == "ready\n"
        for typed in (b"s", b"\x1b[A\x1b[1;5D+", b"\x1bOP", b"\x1b[", b"B]", "é".encode(), b"\x1bs", b"."):
            os.write(terminal, typed)
        line = process.stdout.readline()
        assert line == "got s+]é.\n"
        assert process.wait(20) == 0


_BEHIND = """
    import fcntl, os, sys, termios
    from monitor.dashboard.typed_keys import typed_keys
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)  # behind: reading or changing the terminal would stop it
        with typed_keys(sys.stdin) as keys:
            print("listening", keys.listening, repr(keys.take()), flush=True)
        os._exit(0)
    print("ended", os.waitpid(child, os.WUNTRACED)[1], flush=True)
"""


@posix
def test_a_program_in_the_background_leaves_the_terminal_alone():
    with on_a_terminal(_BEHIND) as (_, process):
        assert process.stdout.readline() == "listening False ''\n"
        assert process.stdout.readline() == "ended 0\n"


def test_no_terminal_no_keys(tmp_path):
    with typed_keys(None) as keys:
        assert not keys.listening
        assert keys.take() == ""
    with (tmp_path / "file").open("w+") as file, typed_keys(file) as keys:
        assert not keys.listening
    with typed_keys(io.StringIO("s")) as keys:
        assert keys.take() == ""


def test_a_lone_escape_does_not_swallow_the_next_key(monkeypatch):
    typed = iter(["\x1b", "", "s", "\x1b[", "", "5"])
    keys = TerminalKeys(0)
    monkeypatch.setattr(keys, "_read", lambda: next(typed))
    assert [keys.take() for _ in range(6)] == ["", "", "s", "", "", "5"]
