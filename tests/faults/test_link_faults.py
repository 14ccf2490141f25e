"""Faults of the link and the whole product: a few in the ordinary suite, all of them by `make test-all`."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.settings import Settings
from tests.bluez.private_bus import needs_dbus_daemon
from tests.faults.catalogue import CASES
from tests.faults.judgement import judge
from tests.faults.outing import outing
from tests.faults.stage import perform
from tests.faults.table import markdown, run_case, run_row

QUICK = ("the sensor hangs up", "away for 1.5 s: held up, then a burst", "connected, but silent for 3 s")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "bleak")


@pytest.mark.parametrize("name", QUICK)
def test_a_few_faults_in_a_short_run(name: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    of = outing(40.0, head_down=False)
    settings = Settings(grace_s=4.0)
    course = perform(case.act, of, tmp_path, at_s=7.0, after_s=9.0, settings=settings, timing=case.timing)
    result = judge(case, course, of, head_down=False)
    assert result.faults == ()
    assert result.alerts == 0


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """The judge of this folder: a loss that should not have been told, and samples that did not arrive."""
    case = next(case for case in CASES if case.name == "the sensor hangs up")
    of = outing(40.0, head_down=False)
    course = perform(case.act, of, tmp_path, at_s=7.0, after_s=9.0, settings=Settings(grace_s=4.0))
    wanted = replace(case, told={})
    assert any("link_lost told" in fault for fault in judge(wanted, course, of, head_down=False).faults)
    cut = replace(course, entries=course.entries[:-200], controls=course.controls[:-1], events=course.events[:-1])
    faults = " ".join(judge(case, cut, of, head_down=False).faults)
    for wrong in ("lacks notifications", "lacks entries", "lacks events", "replay's events", "not stream at the end"):
        assert wrong in faults


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_every_fault(number: int) -> None:
    case = CASES[number]
    if case.paths[0] == "BlueZ" and needs_dbus_daemon.args[0]:
        pytest.skip("dbus-daemon is not installed")
    row = run_row(number, case.paths[0])
    assert row.faults == (), markdown([row])


@pytest.mark.slow
@pytest.mark.timeout(400)
@needs_dbus_daemon
@pytest.mark.parametrize("number", [n for n, case in enumerate(CASES) if len(case.paths) > 1 and case.told])
def test_losses_on_the_second_path(number: int) -> None:
    result, _ = run_case(CASES[number], "BlueZ", head_down=False)
    assert result.faults == ()
