"""libasound is kept quiet, where there is one."""

import subprocess
import sys

import pytest

from monitor.outputs import alsa

WORRY = """
import ctypes, sys
from monitor.outputs import alsa
if sys.argv[1] == "quiet":
    assert alsa.silence()
pcm = ctypes.c_void_p()
assert ctypes.CDLL("libasound.so.2").snd_pcm_open(ctypes.byref(pcm), b"nonsense:7", 0, 0) < 0
"""


@pytest.mark.skipif(not alsa.silence(), reason="no libasound here")
@pytest.mark.parametrize(("how", "lines"), [("loud", 1), ("quiet", 0)])
def test_a_device_that_is_not_there_is_no_noise_on_the_terminal(how: str, lines: int) -> None:
    answer = subprocess.run([sys.executable, "-c", WORRY, how], capture_output=True, text=True, check=True)
    assert len(answer.stderr.splitlines()) == lines


def test_elsewhere_there_is_nothing_to_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    alsa.silence.cache_clear()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert alsa.silence() is False
    monkeypatch.undo()
    alsa.silence.cache_clear()
