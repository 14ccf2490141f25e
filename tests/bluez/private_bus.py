"""A dbus-daemon of our own that plays the system bus; nothing of the computer's real one is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"
_CONFIG = """\
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""

needs_dbus_daemon = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None, reason="dbus-daemon is not installed (apt-get install dbus)"
)


class PrivateBus:
    """From `open` to `close` programs of this process take it for the system bus."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._daemon: subprocess.Popen[str] | None = None
        self._before: str | None = None

    @property
    def address(self) -> str:
        """Where it listens, also while it is down."""
        assert self._folder is not None
        return f"unix:path={self._folder / 'bus'}"

    def open(self) -> None:
        """Start it, and have the environment point at it."""
        self._folder = Path(tempfile.mkdtemp(prefix="private-bus-"))
        (self._folder / "bus.conf").write_text(_CONFIG.format(socket=self._folder / "bus"))
        self._before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.address
        self.start()

    def start(self) -> None:
        """Start the daemon; returns when it listens."""
        assert self._folder is not None
        command = ["dbus-daemon", f"--config-file={self._folder / 'bus.conf'}", "--nofork", "--nopidfile"]
        self._daemon = subprocess.Popen([*command, "--print-address"], stdout=subprocess.PIPE, text=True)
        assert self._daemon.stdout is not None
        if not self._daemon.stdout.readline():
            raise RuntimeError("dbus-daemon did not start")

    def kill(self) -> None:
        """It crashes: every connection breaks."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()
            assert self._daemon.stdout is not None
            self._daemon.stdout.close()
            self._daemon = None
            (self._folder or Path()).joinpath("bus").unlink(missing_ok=True)

    def close(self) -> None:
        """End it, and point the environment back."""
        self.kill()
        if self._before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._before
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
