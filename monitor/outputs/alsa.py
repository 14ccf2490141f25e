"""ALSA's worries stay off the terminal: 'underrun occurred' between two lines of a run frightens and helps nobody.

What matters of them is counted: a stream that ran dry is in the player's status. What PortAudio itself prints when a
sound server dies cannot be kept off: it has no switch for that.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache


@cache
def silence() -> bool:
    """From now on libasound prints nothing in this program. Whether it did: False where there is no libasound.

    The handler is a function of the C library that does nothing with what it is given: unlike one in Python it cannot
    be freed, never waits for the interpreter in the sound card's thread, and may be called while the program ends.
    """
    if sys.platform != "linux":
        return False
    try:
        asound, c = ctypes.CDLL("libasound.so.2"), ctypes.CDLL(None)
        asound.snd_lib_error_set_handler(ctypes.cast(c.getpid, ctypes.c_void_p))
    except (OSError, AttributeError):
        return False
    return True
