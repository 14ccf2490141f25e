"""Every sound heard for real: the player through PortAudio, a private PulseAudio server, the monitor of its null sink.

Each sound is told from all others by its waveform in the recording; the table of delays and levels is printed (`-s`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from monitor.coaching import words
from monitor.drills.catalogue import DRILLS
from monitor.drills.words import CHIN_BACK, HALFWAY, HINTS, LET_GO, finished, moved_on, nudge
from monitor.outputs.audio import GAP_S
from monitor.outputs.cues import Cue
from monitor.outputs.loudness import loudness_db
from monitor.outputs.phrases import Clip, Sound, said
from monitor.outputs.pieces import Piece, pieces_of
from tests.outputs.heard import LATE_S, Heard, Templates, words_of
from tests.outputs.pulse import MISSING, RATE_HZ, Monitor, PulseServer

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(MISSING, reason="pulseaudio or pulseaudio-utils is not installed"),
]

PLAY = textwrap.dedent(
    """
    import json, sys, time
    from monitor.outputs.audio import SoundOptions, open_player
    from monitor.outputs.cues import Cue
    from monitor.outputs.phrases import Clip
    from monitor.outputs.pieces import Piece
    kinds = {"Cue": Cue, "Clip": Clip, "Piece": Piece}
    player, why = open_player(SoundOptions(volume=1.0))
    if why:
        print(json.dumps({"silent": why})); sys.exit(0)
    time.sleep(1.0)
    asked = []
    for line in sys.stdin:
        sounds = tuple(kinds[kind][name] for kind, name in json.loads(line))
        asked.append(time.time())
        assert player.play(sounds)
        while player.busy:
            time.sleep(0.01)
        time.sleep(0.4)
    status = player.status()
    print(json.dumps({"asked": asked, "device": status.device, "underflows": status.underflows}))
    player.close()
    """
)
RECOGNISED = 0.9
CLOCKS_MS = 10.0
"""The recording's clock is known no better."""
LOUD = 0.006
"""-44 dB: what is below is heard as silence."""


def spoken_texts() -> list[str]:
    """Form checks, summaries and drills that together say every piece, in few sentences."""
    names = [drill.name for drill in DRILLS.values()]
    texts = [f"{words.FORM_CHECK} {text}" for text in sorted(words.sentences())]
    texts += [
        f"{words.head(6.0, True)} {words.LIFT}",
        f"{words.cadence(-5, False)} {words.drop('')} {words.drop('left')}",
    ]
    texts += [words.summary(m, m / 100, bool(m % 2), 100.0 + m) for m in range(101)] + [
        words.summary(125, 0.9, True, 170)
    ]
    texts += [*words.LOOSEN.values(), *(drill.say for drill in DRILLS.values()), *HINTS.values()]
    texts += [HALFWAY, CHIN_BACK, LET_GO, *map(finished, names), *map(nudge, names), f"{names[0]}: skipped."]
    texts += [moved_on(names[0], unseen=unseen) for unseen in (True, False)]
    left, chosen = {*Piece}, []
    while left:
        best = max(texts, key=lambda text: len(left & {*pieces_of(text)}) / (len(text) + 20))
        assert left & {*pieces_of(best)}
        left -= {*pieces_of(best)}
        chosen.append(best)
    return chosen


@dataclass(frozen=True)
class Played:
    """One request: in which recording, its sounds, when it was asked for (seconds of it), and where each began."""

    recording: Heard
    sounds: tuple[Sound, ...]
    asked_s: float
    named: tuple[tuple[Sound, float, float], ...]
    """Sound, correlation, when."""

    @property
    def onset_ms(self) -> float:
        return 1000 * (self.named[0][2] - self.asked_s)

    @property
    def title(self) -> str:
        return " | ".join(str(s.value) for s in self.sounds)[:70]


SINKS = ("one", "two")
"""Half of all each, or it would take seven minutes."""
ROUNDS = 4
HOLE_S = 0.01


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulseServer]:
    found = PulseServer(tmp_path_factory.mktemp("pulse"), SINKS)
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates()


@pytest.fixture(scope="module")
def played(server: PulseServer, templates: Templates) -> list[Played]:
    """All sounds, one request after the other, as the sinks' monitors heard them."""
    requests: list[tuple[Sound, ...]] = [*((cue,) for cue in Cue), *((clip,) for clip in Clip)]
    requests += [(Cue.SHOULDERS, Clip.SHOULDERS), (Cue.EYES_UP, Cue.EYES_UP, Clip.EYES_UP_ROAD_FEET)]
    for text in spoken_texts():
        requests.append((Cue.COACH, *said(text)) if text.startswith(words.FORM_CHECK) else said(text))
    found: list[Played] = []
    torn: list[Played] = []
    for round_ in range(ROUNDS):
        parts = [requests[i :: len(SINKS)] for i in range(len(SINKS))]
        with ThreadPoolExecutor(len(SINKS)) as pool:
            latest = [p for part in pool.map(partial(_play, server, templates), SINKS, parts) for p in part]
        # A machine with too much to do lets the stream run dry, which is no fault of the sound: that is played again.
        # What is wrong in the last round, too, is wrong.
        torn = [p for p in latest if _is_torn(p, templates)]
        found += [p for p in latest if not _is_torn(p, templates)]
        print(f"\nround {round_ + 1}: {len(latest)} requests played, {len(torn)} of them torn")
        requests = [p.sounds for p in torn]
        if not torn:
            break
    found += torn
    _print_table(found, templates)
    return found


def _is_torn(p: Played, templates: Templates) -> bool:
    """Something is missing from it, or it does not follow on what was before as it should."""
    if any(score < RECOGNISED for _, score, _ in p.named):
        return True
    starts = zip(p.sounds, pairwise(p.named), strict=False)
    for sound, ((_, _, begin_s), (_, _, next_s)) in starts:
        end_s = begin_s + templates.length_s(sound) + (0.0 if isinstance(sound, Piece) else GAP_S)
        if abs(next_s - end_s) > HOLE_S:
            return True
    return False


def _play(server: PulseServer, templates: Templates, sink: str, requests: list[tuple[Sound, ...]]) -> list[Played]:
    """Let a player of its own play the requests on a sink."""
    if not requests:
        return []
    lines = [json.dumps([(type(sound).__name__, sound.name) for sound in sounds]) for sounds in requests]
    with Monitor(server, sink) as monitor:
        answer = subprocess.run(
            [sys.executable, "-c", PLAY],
            input="\n".join(lines),
            env=server.env | {"PULSE_SINK": sink},
            capture_output=True,
            text=True,
            timeout=800,
            check=True,
        )
    told = json.loads(answer.stdout)
    if "silent" in told:
        pytest.skip(f"PortAudio does not see the null sink (libasound2-plugins missing?): {told['silent']}")
    assert answer.stderr == ""
    print(f"\n{sink}: {len(requests)} requests on '{told['device']}', ran dry {told['underflows']} times")
    recording = Heard(monitor.samples())
    asked = [at - monitor.start_s for at in told["asked"]]
    return [_locate(recording, templates, *request) for request in zip(requests, asked, strict=True)]


def _locate(recording: Heard, templates: Templates, sounds: tuple[Sound, ...], asked_s: float) -> Played:
    """Name the sounds of a request one after the other, each looked for where it should begin."""
    named = []
    expected_s = asked_s + LATE_S / 2
    for sound in sounds:
        length_s = templates.length_s(sound)
        named.append(recording.name(templates, expected_s - LATE_S / 2, expected_s + LATE_S + length_s, 1.5 * LATE_S))
        gap_s = 0.0 if isinstance(sound, Piece) else GAP_S
        expected_s = named[-1][2] + length_s + gap_s
    return Played(recording, sounds, asked_s, tuple(named))


def _levels(played: list[Played], templates: Templates) -> dict[str, list[float]]:
    """Loudness of tones and of phrases as heard, dB."""
    levels: dict[str, list[float]] = {"tones": [], "phrases": []}
    for p in played:
        for sound, (_, _, begin_s) in zip(p.sounds, p.named, strict=True):
            part = p.recording.part(begin_s, begin_s + templates.length_s(sound))
            levels["tones" if isinstance(sound, Cue) else "phrases"].append(loudness_db(part, RATE_HZ))
    return levels


def _print_table(played: list[Played], templates: Templates) -> None:
    print()
    for kind in (Cue, Clip, Piece):
        ms = np.array([p.onset_ms for p in played if isinstance(p.sounds[0], kind)])
        print(f"onset of {len(ms):3} that begin with a {kind.__name__:5}", end="  ")
        print(f"p50 {np.median(ms):5.1f}  p95 {np.percentile(ms, 95):5.1f}  max {ms.max():5.1f} ms")
    for name, levels in _levels(played, templates).items():
        print(f"level of {name:7} {min(levels):6.1f} to {max(levels):6.1f} dB")
    for name, silent_ms in zip(("pieces", "sentences"), _silences(played), strict=True):
        print(f"silence between {name} {min(silent_ms):.0f} to {max(silent_ms):.0f} ms (n={len(silent_ms)})")
    print(f"loudest sample {max(np.abs(p.recording.samples).max() for p in played):.3f}", end=", ")
    print(f"lowest correlation {min(score for p in played for _, score, _ in p.named):.3f}")


def _silences(played: list[Played]) -> tuple[list[float], list[float]]:
    """Milliseconds of silence between joined pieces: inside a sentence, and between sentences."""
    inside: list[float] = []
    between: list[float] = []
    for p in played:
        for (before, _, begin_s), (sound, _, at_s) in pairwise(p.named):
            if not (isinstance(before, Piece) and isinstance(sound, Piece)):
                continue
            earlier = np.flatnonzero(np.abs(p.recording.part(begin_s, at_s)) > LOUD)
            later = np.flatnonzero(np.abs(p.recording.part(at_s, at_s + 1)) > LOUD)
            silent_s = at_s - begin_s - earlier[-1] / RATE_HZ + later[0] / RATE_HZ
            (between if before.ends_sentence else inside).append(1000 * silent_s)
    return inside, between


def test_every_sound_is_heard_and_told_from_all_others(played: list[Played]) -> None:
    assert {sound for p in played for sound in p.sounds} == {*Cue, *Clip, *Piece}
    wrong = [
        (sound, name, round(score, 2))
        for p in played
        for sound, (name, score, _) in zip(p.sounds, p.named, strict=True)
        if words_of(name) != words_of(sound) or score < RECOGNISED
    ]
    assert not wrong


def test_no_sound_comes_before_it_was_asked_for(played: list[Played]) -> None:
    assert not [(p.title, p.onset_ms) for p in played if p.onset_ms < -CLOCKS_MS]


def test_tones_and_phrases_are_equally_loud_and_nothing_is_clipped(played: list[Played], templates: Templates) -> None:
    levels = _levels(played, templates)
    everything = levels["tones"] + levels["phrases"]
    assert max(everything) - min(everything) <= 3.0
    assert max(np.abs(p.recording.samples).max() for p in played) < 0.97


def test_pieces_join_as_a_speaker_breathes(played: list[Played]) -> None:
    inside, between = _silences(played)
    assert len(inside) > 50
    assert min(inside) >= 30
    assert max(inside) <= 150
    assert min(between) >= 200
    assert max(between) <= 400


def test_no_join_clicks(played: list[Played], templates: Templates) -> None:
    for p in played:
        end_s = p.named[-1][2] + templates.length_s(p.sounds[-1])
        own = np.abs(np.diff(p.recording.part(p.named[0][2], end_s))).max()
        for _, _, join_s in p.named[1:]:
            assert np.abs(np.diff(p.recording.part(join_s - 0.01, join_s + 0.01))).max() <= own / 4, p.title


def test_between_the_requests_it_is_quiet(played: list[Played]) -> None:
    for p in played:
        assert np.abs(p.recording.part(p.asked_s - 0.25, p.asked_s - 0.02)).max() < 1e-3, p.title
