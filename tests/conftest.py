"""Shared by all tests: no window on a real screen, and where the third-party recordings are."""

import os
import signal
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHONHASHSEED", "0")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Begun in the background by a script: the programs that tests start would inherit that Ctrl-C does nothing.
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of third-party recordings; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("third-party recordings (../shared/data) are not on this machine")
    return SHARED_DATA
