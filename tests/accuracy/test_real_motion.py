"""Real input: motion capture of runners as an IMU, through the command line, against its truth."""

import pytest

from tests.accuracy import real_motion

RMSE_DEG, P95_DEG = 0.6, 1.2


@pytest.fixture(scope="module")
def results(shared_data):
    with real_motion.workspace() as folder:
        return [real_motion.evaluate(case, folder) for case in real_motion.CASES]


def test_sustained_pitch(results, capsys):
    with capsys.disabled():
        print("\n" + real_motion.table(results))
    running = [r for r in results if r.case.name.startswith("run_")]
    assert len(running) == 24
    worst = max(running, key=lambda r: r.rmse_deg)
    assert worst.rmse_deg <= RMSE_DEG, worst
    assert max(r.p95_deg for r in running) <= P95_DEG


def test_every_long_bout_is_found_and_nothing_else(results):
    assert sum(r.bouts for r in results) == 5 * len(real_motion.SENSORS)
    assert all(r.found == r.bouts for r in results)
    assert all(r.extra == 0 for r in results), [r for r in results if r.extra]


def test_walking_brings_no_event(results):
    walks = [r for r in results if r.case.name == "walk_60s"]
    assert len(walks) == len(real_motion.SENSORS)
    assert all(r.found == r.extra == 0 for r in walks)
