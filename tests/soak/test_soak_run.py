"""Twenty minutes of a soak in every test run, two hours in `make test-all`; a day by `python -m tests.soak`."""

from __future__ import annotations

import pytest

from monitor.values import LinkState
from tests.soak.ideal_run import ideal_run
from tests.soak.judge_events import judge_equal
from tests.soak.soak_plan import plan
from tests.soak.soak_report import judge_all, report
from tests.soak.soak_run import run_soak
from tests.soak.soak_runner import soak_runner


def assert_passes(verdicts):
    wrong = [f"{v.check}: {finding}" for v in verdicts for finding in v.findings]
    assert not wrong, "\n".join(["", *wrong])


def test_twenty_minutes_of_faults(tmp_path):
    runner, path = soak_runner(600.0), tmp_path / "soak.headsup"
    asked = plan(8, 1200.0, 300.0, faults_per_hour=60.0, longest_away_s=40.0, level_at=runner.level_at)
    record = run_soak(asked, runner, path, longest_slice_s=20.0)
    assert len(asked.faults) >= 10
    assert sum(state == LinkState.LOST for _, _, state, _ in record.links) >= 5
    reference = ideal_run(asked, runner, record.origin_s)
    verdicts = judge_all(asked, runner, path, record, reference)
    # In twenty minutes caches are still filling; what they hold is counted in hours.
    verdicts = [v for v in verdicts if v.check != "objects"]
    assert_passes(verdicts)
    text = report(asked, record, reference, verdicts, "a test", 1.0)
    assert all(v.row() in text for v in verdicts)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hours_of_faults(tmp_path):
    runner, path = soak_runner(), tmp_path / "soak.headsup"
    asked = plan(3, 7200.0, 1800.0, level_at=runner.level_at)
    record = run_soak(asked, runner, path)
    verdicts = judge_all(asked, runner, path, record, ideal_run(asked, runner, record.origin_s))
    assert_passes(verdicts)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_radio_alone_changes_no_event(tmp_path):
    """What the soak is compared with needs no radio; over the radio it is the same."""
    runner = soak_runner()
    asked = plan(4, 3600.0, 1800.0, level_at=runner.level_at).undisturbed
    record = run_soak(asked, runner, tmp_path / "soak.headsup")
    verdicts = judge_equal(asked, record, ideal_run(asked, runner, record.origin_s))
    assert_passes(verdicts)
    bouts, cues, *_ = verdicts
    assert "0 missing and 0 added" in bouts.figure
    assert "else" not in cues.figure
