"""The columns: every number of a run has one, and each says what `analyze --json` says."""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

import pytest

from monitor.batch.fields import FIELDS, Kind
from monitor.batch.summarise import Options, summarise_file
from monitor.posture.gaze import GazeZone
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.metrics import RunMetrics, summarise
from monitor.values import EventKind, Mode, Reason

NAMES = [f.name for f in FIELDS]
KEYS = {
    "running_invalid_share": [r.name.lower() for r in Reason if r is not Reason.OK],
    "zone_s": [z.value for z in GazeZone],
    "head_down_by_mode": list(Mode),
    "events": list(EventKind),
}
ELSEWHERE = {"corrections", "shoulder_sensors", "links", "asymmetry.words", "shoulders.sensor", "grade.afterwards"}
"""Not one number each: corrections have their number and median, links a column per site; the rest
is told twice, or is never so in a batch."""


def paths(kind: Any, at: str = "") -> list[str]:
    """The numbers of a dataclass, by path."""
    found = []
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        path, hint = f"{at}{field.name}", hints[field.name]
        if path in ELSEWHERE:
            continue
        parts = [part for part in (*typing.get_args(hint), hint) if dataclasses.is_dataclass(part)]
        if typing.get_origin(hint) is Mapping:
            for key in KEYS[path]:
                found += paths(parts[0], f"{path}.{key}.") if parts else [f"{path}.{key}"]
        elif parts:
            found += paths(parts[0], f"{path}.")
        else:
            found.append(path)
    return found


def name_of(path: str) -> str:
    return path.replace(".", "_").replace("-", "_").replace(" ", "_")


def test_every_number_of_a_run_has_a_column():
    found = paths(RunMetrics)
    assert len(found) > 70
    assert [path for path in found if name_of(path) not in NAMES] == []


def test_columns_have_names_of_their_own_a_meaning_and_plain_characters():
    assert len(set(NAMES)) == len(NAMES)
    assert all(name.isascii() and name.isidentifier() and name == name.lower() for name in NAMES)
    assert all(f.meaning for f in FIELDS)
    assert len({f.meaning for f in FIELDS}) == len(FIELDS)
    assert [f.name for f in FIELDS if f.unit == "" and f.kind is Kind.NUMBER] == []


def flat(value: Any, at: str = "") -> dict[str, Any]:
    """A JSON tree by path."""
    if isinstance(value, Mapping):
        return {k: v for key, part in value.items() for k, v in flat(part, f"{at}.{key}" if at else key).items()}
    return {at: value}


def test_the_numbers_are_those_of_the_analysis(made):
    row = summarise_file(made, "one", Options())
    with open_recording(made) as recording:
        told = flat(summarise(analyse(recording)).as_json())
    values = dict(zip(NAMES, row.values, strict=True))
    both = {path: v for path, v in told.items() if name_of(path) in NAMES}
    assert len(both) > 30
    for path, value in both.items():
        mine = values[name_of(path)]
        assert mine == (pytest.approx(value, abs=5.1e-5) if isinstance(value, float) else value), path
    assert values["head_pitch_mean_deg"] is not None
    assert values["head_down_number"] == 2
    assert values["links_head_rate_hz"] == pytest.approx(50.0)
    assert values["links_collar_rate_hz"] is None
    assert values["simulated"] is True
    assert values["profile"] == "sim"


def test_what_cannot_be_said_is_none(made, tmp_path):
    from tests.batch.recordings import make

    row = summarise_file(make(tmp_path / "short.headsup", 3.0, calibrated=False), "short", Options())
    values = dict(zip(NAMES, row.values, strict=True))
    assert row.error == ""
    for name in ("head_pitch_mean_deg", "running_valid_share", "running_invalid_share_gap", "shoulders_mean"):
        assert values[name] is None, name
    assert values["events_mark"] == 1
    assert values["profile"] == ""


def test_another_mode_and_another_calibration_change_the_line(made):
    from calibration import store
    from monitor.batch.summarise import Options
    from tests.batch.recordings import profile

    plain, trail = Options(), Options(mode=Mode.TRAIL)
    own = Options(store.to_json(dataclasses.replace(profile(), name="coach")))
    assert len({o.digest() for o in (plain, trail, own)}) == 3
    at = NAMES.index
    rows = [summarise_file(made, "one", o) for o in (plain, trail, own)]
    assert [r.values[at("limit_deg")] for r in rows] == [20.0, 36.0, 20.0]
    assert [r.values[at("profile")] for r in rows] == ["sim", "sim", "coach"]
