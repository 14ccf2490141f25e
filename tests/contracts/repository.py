"""What belongs to the repository: its files, and its modules by name."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("monitor", "calibration")

PURE = (
    "calibration",
    "monitor.alerts",
    "monitor.alignment",
    "monitor.coaching",
    "monitor.drills",
    "monitor.errors",
    "monitor.orientation",
    "monitor.pipeline",
    "monitor.posture",
    "monitor.sensors",
    "monitor.settings",
    "monitor.steps",
    "monitor.timing",
    "monitor.values",
)
"""Rooms of plain computation: documented to the last function, importable without any device library."""


@cache
def files() -> tuple[Path, ...]:
    """All files that git knows or would add, relative to the root; without git, all but hidden and built ones."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [Path(name) for name in listing.stdout.split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [p for p in names if not p.parts[0].startswith(".") and not p.parts[0].endswith(("-out", "-info"))]
    return tuple(sorted(name for name in names if (ROOT / name).is_file() and "__pycache__" not in name.parts))


def python_files() -> tuple[Path, ...]:
    """All Python files, relative to the root."""
    return tuple(path for path in files() if path.suffix == ".py")


def source(path: Path) -> str:
    """The text of a file given relative to the root."""
    return (ROOT / path).read_text("utf-8")


def module_name(path: Path) -> str:
    """The dotted name of a module: 'monitor/sensors/base.py' is 'monitor.sensors.base'."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    """The program's modules by dotted name."""
    return {module_name(path): path for path in python_files() if path.parts[0] in PACKAGES}


def is_in(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether a module is one of `rooms` or inside one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)
