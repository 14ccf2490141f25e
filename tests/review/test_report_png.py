"""The picture of a report's first page: painted without a screen, 1600 pixels wide, with the report's own charts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from constructed_analysis import INFO, analysis
from report_page import level
from reviewed_runs import with_watch

from monitor.dashboard import report_png as module
from monitor.dashboard.report_png import HIGHEST, WIDTH, report_png
from monitor.errors import OutputUnavailableError
from monitor.review.report_style import LIGHT
from monitor.review.reviewed import reviewed


def colours(path) -> tuple[int, int, dict[str, int]]:
    """Size, and how many of every fourth pixel have which colour."""
    from PySide6.QtGui import QImage

    image = QImage(str(path))
    found: dict[str, int] = {}
    for y in range(0, image.height(), 4):
        for x in range(0, image.width(), 4):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
    return image.width(), image.height(), found


def test_the_first_page_is_painted_with_charts_and_way(qapp, tmp_path):
    path = tmp_path / "run.png"
    report_png(with_watch(), path)
    width, height, found = colours(path)
    assert width == WIDTH
    assert 1800 < height < 4500
    for name in ("ink", "panel", "trace", "bout", "sim", "run"):
        assert found.get(LIGHT[name] if len(LIGHT[name]) == 7 else "", 0) > 20, name
    bare = tmp_path / "bare.png"
    report_png(reviewed(analysis(level(60), seconds=60.0)), bare)
    _, lower, plain = colours(bare)
    assert lower < height
    assert plain.get(LIGHT["sim"], 0) == 0


def test_runs_of_which_little_is_known_are_painted_too(qapp, tmp_path):
    path = tmp_path / "x.png"
    evil = "<b>&amp;" + "W" * 3000
    for run in (
        analysis(seconds=0.0),
        analysis(level(5, valid=False), seconds=5.0),
        analysis(level(60), seconds=60.0, info=replace(INFO, note=evil, app_version=evil, started_utc=evil)),
    ):
        report_png(reviewed(run), path)
        width, height, _ = colours(path)
        assert width == WIDTH
        assert 200 < height < HIGHEST


def test_a_place_that_cannot_be_written_is_said(qapp, tmp_path):
    run = reviewed(analysis(level(5), seconds=5.0))
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        report_png(run, tmp_path / "nowhere" / "x.png")


def test_without_qt_it_says_what_is_missing(monkeypatch, tmp_path):
    def missing(_run):
        raise ImportError("libEGL is not there")

    monkeypatch.setattr(module, "_painted", missing)
    with pytest.raises(OutputUnavailableError, match="libEGL is not there"):
        report_png(reviewed(analysis(level(5), seconds=5.0)), tmp_path / "x.png")


def test_it_needs_no_display(tmp_path):
    path = tmp_path / "alone.png"
    code = (
        "import sys; sys.path[:0] = ['tests/review', 'tests/pipeline']\n"
        "from pathlib import Path\n"
        "from reviewed_runs import with_watch\n"
        "from monitor.dashboard.report_png import report_png\n"
        f"report_png(with_watch(), Path({str(path)!r}))\n"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
