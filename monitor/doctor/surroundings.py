"""What kind of place the program runs in: a container, WSL, a Snap or Flatpak, a remote session, a small board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.doctor.finding import Finding, State

_MOST_CHARS = 4096


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Facts about the place; all false where nothing special is known.

    `sandbox` is 'snap', 'flatpak' or ''; `remote` 'ssh', 'rdp' or ''; `board` the model of a single-board computer.
    """

    platform: str
    wsl: bool = False
    container: bool = False
    sandbox: str = ""
    remote: str = ""
    board: str = ""

    @property
    def is_raspberry(self) -> bool:
        """A Raspberry Pi: Wi-Fi and Bluetooth share one chip and one antenna."""
        return "raspberry pi" in self.board.lower()


def look_around(environment: Mapping[str, str], platform: str, executable: str, root: Path = Path("/")) -> Surroundings:
    """The place, from the environment, the path of Python and a few files under `root`; never raises."""
    if not platform.startswith("linux"):
        return Surroundings(platform, remote=_remote(environment))
    kernel = line_of(root / "proc/sys/kernel/osrelease").lower()
    container = (root / ".dockerenv").exists() or (root / "run/.containerenv").exists() or "container" in environment
    sandbox = ""
    if (root / ".flatpak-info").exists():
        sandbox = "flatpak"
    elif executable.startswith("/snap/"):
        sandbox = "snap"
    return Surroundings(
        platform,
        wsl="microsoft" in kernel,
        container=container,
        sandbox=sandbox,
        remote=_remote(environment),
        board=line_of(root / "proc/device-tree/model").strip("\0 "),
    )


def _remote(environment: Mapping[str, str]) -> str:
    if environment.get("SESSIONNAME", "").lower().startswith("rdp-"):
        return "rdp"
    return "ssh" if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY") else ""


def check_tried(platform: str) -> list[Finding]:
    """Says so where the checks themselves were never tried on this platform; nothing on Linux."""
    name = {"darwin": "macOS", "win32": "Windows"}.get(platform)
    if name is None:
        return []
    return [
        Finding(
            "These checks",
            State.OK,
            f"On {name} they follow its documentation; nobody has tried them there yet.",
            tip="If one is wrong, please tell us what it said and what was true.",
        )
    ]


def line_of(path: Path) -> str:
    """The text of a small file of the kernel's; '' where it is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_CHARS).decode("utf-8", "replace").strip()
    except OSError:
        return ""
