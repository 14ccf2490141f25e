"""Small files of text: settings, profiles, choices, rows, translations, journals, and what a person types."""

from __future__ import annotations

import dataclasses
import json
import math
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from calibration import store
from calibration.model import HeadCalibration, Pose, Profile, SiteCalibration
from monitor import settings_file, settings_keys
from monitor.batch import row as batch_row
from monitor.batch.fields import FIELDS
from monitor.commands import run_lengths, small_file, spans
from monitor.doctor import child
from monitor.library import rows
from monitor.review.choices import LARGEST_BYTES, choices_path, read_choices, write_choices
from monitor.settings import Settings, load
from monitor.sources.imu_hints import parse_columns
from monitor.texts import reading
from monitor.texts.speaking import Language
from monitor.values import EventKind
from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, promise

JSON_WORDS = (
    b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-1", b"1e-400", b"[" * 200, b'{"":' * 60, b"9" * 5000,
    b'"\\ud800"', b'"\\u0000"', b'"\\u001b[2J"', b"\xff\xfe", b"\xef\xbb\xbf", b"{}", b"[]",
)  # fmt: skip
TOML_WORDS = (
    b"nan", b"inf", b"-inf", b"1e999", b"0x" + b"f" * 3000, b"9" * 5000, b"[" * 200, b"a.b.c=1\n", b"1979-05-27",
    b'"\\u001b[2J"', b"\0", b"\r", b"'''", b'"""', b"[[x]]\n", b"{a={a={}}}",
)  # fmt: skip


def text_targets() -> Iterator[Target]:
    """One target for each kind of text."""
    json_text = {"words": JSON_WORDS, "longest": 4000, "memory": 4 << 20}
    yield Target("settings:toml", _settings_toml, _settings_tomls, words=TOML_WORDS, longest=3000, disk=True)
    yield Target("settings:json", _settings_json, lambda: [Settings().to_json().encode(), b"{}"], **json_text)
    yield Target("settings:typed", _typed, lambda: [b"volume=0,5", b"road.on_deg=30", b"mode=trail"], longest=400)
    yield Target("profile", _profile, _profiles, **json_text)
    yield Target("choices", _choices, _choices_seeds, disk=True, **json_text)
    yield Target("library-row", _library_row, _library_rows, may_raise=(rows.RowError,), **json_text)
    yield Target("batch-row", _batch_row, _batch_rows, **json_text)
    yield Target("small-file", _small_file, _small_files, disk=True, **json_text)
    yield Target("language", _language, _languages, disk=True, **json_text)
    yield Target("doctor-child", _doctor_child, lambda: [b'noise\n{"a": 1}\n'], **json_text)
    yield Target("typed-columns", _columns, lambda: [b"t=Time (s),ax=#2,ay=-acc y,az=z"], longest=400)
    yield Target("typed-spans", _spans, lambda: [b"12:20", b"4ft=1:2"], longest=100)


def _text(data: bytes) -> str:
    """What a person may have typed."""
    return "".join(filter(str.isprintable, data.decode("utf-8", "ignore")))


# ------------------------------------------------------------------ settings


def _settings_tomls() -> list[bytes]:
    changed = settings_keys.changed(Settings(), {"road.on_deg": 30.0, "volume": 0.4, "devices.heart": "any"})
    return [settings_file.to_toml(changed).encode(), b"mode = 'trail'\n[trail]\non_deg = 40\n", b""]


def _settings_toml(data: bytes) -> None:
    """What is read is written and read again as the same."""
    _settings_hold(load(scratch.put("settings.toml", data)))


def _settings_json(data: bytes) -> None:
    _settings_hold(Settings.from_json(data.decode("utf-8", "replace"), forgiving=True))


def _settings_hold(read: Settings) -> None:
    for key in settings_keys.KEYS:
        value = settings_keys.value_of(read, key)
        promise(not isinstance(value, float) or math.isfinite(value), f"{key.key} is {value}")
    promise(Settings.from_json(read.to_json()) == read, "written back, they read otherwise")


def _typed(data: bytes) -> None:
    """`headsup settings set KEY=VALUE`."""
    name, _, value = _text(data).partition("=")
    key = settings_keys.find(name)
    changed = settings_keys.changed(Settings(), {name: settings_keys.parsed(key, value)})
    settings_keys.in_words(settings_keys.value_of(changed, key))
    for kind in EventKind:
        changed.cues.wants(kind)


# ------------------------------------------------------------------ profiles, choices, rows


def _profiles() -> list[bytes]:
    pose = Pose("neutral", (0.0, 0.0, 1.0), 0.4, 5.0, False)
    head = HeadCalibration((0, 0, 1.0), (-1.0, 0, 0), 12.5)
    site = SiteCalibration("head", "head", "WT901", "aa:bb", "vqf", (pose,), head, None, "x", (0.0, 0.0, 1.0))
    return [store.to_json(Profile("cap", "2026-05-01T08:00:00+00:00", True, (site,))).encode()]


def _profile(data: bytes) -> None:
    """What is read is written and read again as the same, with unit vectors and finite numbers."""
    read = store.from_json(data.decode("utf-8", "replace"))
    promise(len(read.sites) <= store.MOST_SITES, "sites without bound")
    again = store.from_json(store.to_json(read))
    promise(repr(again) == repr(read), "written back, it reads otherwise")


def _choices_seeds() -> list[bytes]:
    watch = {"file": "a.fit", "sha256": "0" * 64, "offset_s": -1.5, "method": "cadence", "confidence": 0.9}
    full = {"format": "headsup-review", "version": 1, "watch": {**watch, "drift_ppm": 2.0, "session": 1}, "more": [1]}
    return [json.dumps(full).encode(), b'{"format": "headsup-review"}']


def _choices(data: bytes) -> None:
    """Never raises for what the file holds; what was read can be written back."""
    run = scratch.folder() / "a.headsup"
    choices_path(run).write_bytes(data)
    found, wrong = read_choices(run)
    promise(wrong.isprintable(), "a sentence that no terminal may show")
    if found.watch is not None:
        promise(math.isfinite(found.watch.offset_s), "an offset of no number")
        found.watch.alignment()
    if len(data) < LARGEST_BYTES // 4:  # written with more space between than it was read
        write_choices(run, found)
        again = read_choices(run)[0]
        # The order of keys means nothing in JSON, and it is written sorted.
        kept = [json.dumps(dict(each.others), sort_keys=True) for each in (again, found)]
        promise(repr(again.watch) == repr(found.watch) and kept[0] == kept[1], "written back, they read otherwise")


def _library_rows() -> list[bytes]:
    bare = rows.RunRow("a.headsup", "1:2|-|-", "ab", error="is damaged")
    full = dataclasses.replace(bare, error="", started_utc=datetime(2026, 1, 1, tzinfo=UTC).isoformat(), notes=("n",))
    return [rows.to_text(row).encode() for row in (bare, full)]


def _library_row(data: bytes) -> None:
    read = rows.from_text(data.decode("utf-8", "replace"))
    promise(rows.from_text(rows.to_text(read)) == read, "written back, it reads otherwise")
    started = read.started
    promise(started is None or started.tzinfo is not None, "a start without a zone")


def _batch_rows() -> list[bytes]:
    row = ["a.headsup", "ab", "v", "", [None] * len(FIELDS)]
    return [json.dumps(["", row]).encode(), json.dumps(["", [*row[:3], "is damaged", []]]).encode()]


def _batch_row(data: bytes) -> None:
    """A line of a batch's journal behind a check sum that holds."""
    try:
        told: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    row = batch_row.from_json(told[1] if isinstance(told, list) and len(told) > 1 else told)
    if row is not None:
        text = json.dumps(batch_row.as_json(row), allow_nan=False)
        promise(batch_row.from_json(json.loads(text)) == row, "written back, it reads otherwise")
        zlib.crc32(text.encode())


def _small_files() -> list[bytes]:
    told = {"format": run_lengths.FORMAT, "version": run_lengths.VERSION, "lengths_s": {"cap": [1800.0, 2000, 30.5]}}
    return [json.dumps(told).encode()]


def _small_file(data: bytes) -> None:
    """The lengths of earlier runs; whatever is wrong with the file counts as none."""
    path = scratch.put("run_lengths.json", data)
    table, damage = small_file.read_table(path, run_lengths.FORMAT, run_lengths.VERSION)
    promise(not (damage and table), "damaged and yet used")
    promise(0 <= run_lengths.usual_minutes(path, "cap") <= run_lengths.LONGEST_MIN, "a run of impossible length")


# ------------------------------------------------------------------ languages and the rest


def _languages() -> list[bytes]:
    english = json.loads(reading.CATALOGUE.read_text("utf-8"))
    plain = [text for text in english if "{" not in text][:20]
    holed = [text for text in english if text.count("{}") == 1][:20]
    some = {text: f"x{text}" for text in plain} | {text: text.replace("{}", "{0}") for text in holed}
    return [json.dumps(some).encode(), b"{}"]


def _language(data: bytes) -> None:
    """A translation by anybody: filled-in texts keep their values, whatever the templates are."""
    spoken = Language(reading.read(scratch.put("de.json", data), "de"))
    for text in ("Marked at 3: cramp", "Head up", ""):
        promise(isinstance(spoken.say(text), str), "a text that is none")


def _doctor_child(data: bytes) -> None:
    promise(isinstance(child._last_object(_text(data)), dict), "an answer that is no table")


def _columns(data: bytes) -> None:
    promise(parse_columns(_text(data)), "columns without a name")


def _spans(data: bytes) -> None:
    text = _text(data)
    start, end = spans.look(text)[1] if "=" in text else spans.span("--neutral", text)
    promise(0 <= start < end < math.inf, "a span that ends before it begins")
