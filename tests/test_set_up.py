"""The set-up scripts, with a made-up Python, pip and apt: what they say and leave behind, in a folder with spaces."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[1] / "tools"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the set-up scripts are for a POSIX shell")

# A Python as far as the scripts ask: $FAKE holds what is wrong with it. Its venv holds a copy of itself.
PYTHON = """#!/bin/sh
case "$*" in
    -V) echo "Python 3.9.2" ;;
    *version_info*) case "$FAKE" in *old*) exit 1 ;; esac; echo 3.11 ;;
    *ensurepip*) case "$FAKE" in *bare*) exit 1 ;; esac ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip --version") case "$FAKE" in *nopip*) exit 1 ;; esac ;;
    "-m pip install "*)
        case "$FAKE" in
            *offline*) echo "WARNING: Retrying (Retry(total=4)) after connection broken"; exit 1 ;;
            *refused*) echo "    ERROR: No matching distribution found for PySide6-Essentials"; exit 1 ;;
            *full*) exit 1 ;;
        esac ;;
    *PySide6*) case "$FAKE" in *noqt*) echo "ImportError: libEGL.so.1: cannot open" >&2; exit 1 ;; esac ;;
    "-m pytest "*) echo "pytest: $*" ;;
    *) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""


@pytest.fixture
def place(tmp_path):
    """A folder with a space in its name, and in it `bin` for made-up programs."""
    folder = tmp_path / "heads up"
    (folder / "bin").mkdir(parents=True)
    program(folder, "python3", PYTHON)
    return folder


def program(place, name, text):
    path = place / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def sh(place, script, *arguments, fake=""):
    """Run a script of `tools/` in the folder; the made-up programs come first on its path."""
    environment = {"PATH": f"{place / 'bin'}:{os.environ['PATH']}", "FAKE": fake, "HOME": str(place)}
    return subprocess.run(
        ["sh", str(TOOLS / script), *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


# ---------------------------------------------------------------- the virtual environment


def test_a_first_installation(place):
    done = sh(place, "make-venv.sh", "python3", ".venv")
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / ".venv" / ".installed").exists()
    assert not (place / ".venv" / ".installing").exists()


def test_a_second_one_keeps_what_is_there(place):
    sh(place, "make-venv.sh", "python3", ".venv")
    (place / ".venv" / "mine").touch()
    assert sh(place, "make-venv.sh", "python3", ".venv").returncode == 0
    assert (place / ".venv" / "mine").exists()


@pytest.mark.parametrize("left", [".installing", "nothing but a folder"])
def test_one_that_was_cut_short_is_begun_anew(place, left):
    if left == ".installing":
        sh(place, "make-venv.sh", "python3", ".venv")
    (place / ".venv").mkdir(exist_ok=True)
    (place / ".venv" / left).touch()
    (place / ".venv" / "half a package").touch()
    assert sh(place, "make-venv.sh", "python3", ".venv").returncode == 0
    assert not (place / ".venv" / "half a package").exists()
    assert (place / ".venv" / ".installed").exists()


@pytest.mark.parametrize(
    ("fake", "says"),
    [
        ("old", "Heads Up needs Python 3.11 or newer, and 'python3' is Python 3.9.2"),
        ("bare", "sudo apt-get install python3.11-venv"),
        ("offline", "is this computer online?"),
        ("refused", "could not be installed: No matching distribution found for PySide6-Essentials"),
        ("full", "could not be installed: pip stopped (details: .venv/install.log)"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_no_stamp(place, fake, says):
    failed = sh(place, "make-venv.sh", "python3", ".venv", fake=fake)
    assert failed.returncode == 2
    assert says in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert not (place / ".venv" / ".installed").exists()


def test_no_python_of_that_name(place):
    failed = sh(place, "make-venv.sh", "python3.99", ".venv")
    assert failed.returncode == 2
    assert "there is no 'python3.99' here" in failed.stderr


def test_a_failed_update_takes_the_stamp_away(place):
    sh(place, "make-venv.sh", "python3", ".venv")
    assert sh(place, "make-venv.sh", "python3", ".venv", fake="offline").returncode == 2
    assert not (place / ".venv" / ".installed").exists()


# ---------------------------------------------------------------- system libraries


def debian(place, *, root, installed=(), apt="exit 0"):
    """A made-up Debian: its user, its packages, and what its apt-get does."""
    lines = "\n".join(f"{name} installed" for name in installed)
    program(place, "dpkg-query", f"#!/bin/sh\ncat <<'END'\n{lines}\nold-thing config-files\nEND\n")
    program(place, "id", f"#!/bin/sh\necho {0 if root else 1000}\n")
    program(place, "apt-get", f'#!/bin/sh\necho "$*" >>apt.log\n{apt}\n')


def wanted(place):
    """All libraries that the script looks for."""
    debian(place, root=False)
    return sh(place, "system-libraries.sh").stdout.partition("apt-get install ")[2].split()


def test_without_root_one_line_names_them(place):
    debian(place, root=False)
    done = sh(place, "system-libraries.sh", "python3")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert {"libegl1", "libportaudio2", "libxcb-cursor0"} <= set(wanted(place))
    assert not (place / "apt.log").exists()


def test_nothing_is_said_where_nothing_is_missing(place):
    renamed = [f"{name}t64" if name in ("libglib2.0-0", "libegl1") else name for name in wanted(place)]
    debian(place, root=True, installed=renamed)
    done = sh(place, "system-libraries.sh", "python3")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (place / "apt.log").exists()


def test_root_installs_what_is_missing_and_the_venv_module(place):
    debian(place, root=True, installed=[name for name in wanted(place) if name != "libegl1"])
    done = sh(place, "system-libraries.sh", "python3", fake="bare")
    assert done.returncode == 0
    update, install = (place / "apt.log").read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith(" libegl1 python3.11-venv")


def test_an_apt_that_fails_stops_nothing_and_its_reason_is_told(place):
    debian(place, root=True, apt="echo 'E: Unable to locate package' >&2; exit 100")
    done = sh(place, "system-libraries.sh", "python3")
    assert done.returncode == 0
    assert "Not all could be installed (E: Unable to locate package)" in done.stdout
    assert done.stderr == ""


# ---------------------------------------------------------------- the tests' own start


def test_the_tests_run_without_a_window_where_qt_cannot_start(place):
    sh(place, "make-venv.sh", "python3", ".venv")
    whole = sh(place, "run-tests.sh", ".venv", "-m", "not slow", "-n", "2")
    assert whole.stdout == "pytest: -m pytest -q -m not slow -n 2\n"
    part = sh(place, "run-tests.sh", ".venv", "-m", "not slow", fake="noqt")
    told, started = part.stdout.splitlines()
    assert told == "The tests of the window are left out: ImportError: libEGL.so.1: cannot open"
    assert started.endswith("-m not slow -p no:pytest-qt --ignore=tests/dashboard")
