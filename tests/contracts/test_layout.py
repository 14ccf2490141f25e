"""The shape of the house: its folders, its names, the size of its files, and the direction of its imports."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from repository import ROOT, files, python_files, source

FOLDERS = {"monitor", "calibration", "firmware_notes", "tests", "tools"}
NO_IDEA = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py"}
LONGEST = 400
LONG = 300


def test_the_top_level_folders():
    found = {path.parts[0] for path in files() if len(path.parts) > 1}
    strangers = {name for name in found - FOLDERS if not name.startswith(".")}
    assert not strangers, f"not one of the house's folders: {sorted(strangers)}"
    assert found >= FOLDERS


def test_every_file_is_named_after_its_idea():
    nameless = [str(path) for path in python_files() if path.name in NO_IDEA]
    assert not nameless


OF_PACKAGES = {"conftest.py", "__init__.py", "__main__.py"}


def test_test_files_have_names_of_their_own():
    """Test folders are no packages, so pytest tells files apart by name alone."""
    names = Counter(path.name for path in python_files() if path.parts[0] == "tests")
    twice = [
        str(p) for p in python_files() if p.parts[0] == "tests" and names[p.name] > 1 and p.name not in OF_PACKAGES
    ]
    assert not twice


def lengths() -> list[tuple[int, Path]]:
    """Lines of every Python file, longest first."""
    return sorted(((len(source(path).splitlines()), path) for path in python_files()), reverse=True)


def test_no_file_is_too_long(capsys):
    long = [f"  {n} {path}" for n, path in lengths() if n > LONG]
    if long:
        with capsys.disabled():
            print("\n".join([f"\nOver {LONG} lines; is each still one idea?", *long]), file=sys.stderr)
    too_long = [f"{path}: {n} lines" for n, path in lengths() if n > LONGEST]
    assert not too_long, f"over {LONGEST} lines; is each still one idea? {too_long}"


def test_imports_go_one_way():
    """The import-linter contracts of pyproject.toml; a broken one names both modules and the line."""
    pytest.importorskip("importlinter")
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stdout + child.stderr
