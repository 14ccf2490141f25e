"""Every text of the settings page, in one place, and which setting stands on which leaf. No Qt here.

What a setting does is said by its own documentation in `monitor.settings`. A setting or a group that is new there
gets a leaf and a label made from its name until it is given better ones here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.settings_keys import BY_KEY, GROUPS, KEYS, Value

TITLE = "Settings"
SAVE, UNDO, CLOSE = "&Save", "&Undo changes", "&Close"
TEST, LOOK_AGAIN = "&Test sound", "&Look again for headphones"
ON, OFF = "on", "off"
AS_SHIPPED = "As shipped"
AS_SHIPPED_VALUE = "As shipped: {}"
COMPUTERS_CHOICE = "The computer's own choice"
NOT_HERE = "{} (not here now)"
PART_OF_A_NAME = "any that has '{}' in its name"
NO_DEVICE = "No loudspeakers or headphones found. Connect them, then look again."
FOUND = "Found: {}."
LOOKING, PLAYING = "Looking for loudspeakers and headphones …", "Playing …"
SOUND_FAILED = "The sound system does not answer ({})."
UNSAVED_ONE, UNSAVED = "1 change is not saved yet.", "{} changes are not saved yet."
LEAVE = " Save or undo, or press Close again to drop them."
SAVED = "Saved. It holds from your next run."
SAVED_RUNNING = "Saved. Sound and cues you switched off change now, the rest from your next run."
NOTHING_TO_SAVE = "Nothing has changed."
MEND_FIRST = "Not saved yet: {} needs another value."
RUNNING = (
    "A run is going on. When you save, what you hear changes at once: loudness, words, output, and cues you switch "
    "off. All else, and cues this run began without, holds from your next run."
)
UNREADABLE = (
    "Your settings cannot be used, so nothing can be changed here. {}: {}. Mend the file or move it away, then undo."
)
KEPT_IN = "Kept in {}"
PERCENT = "{} %"

CHOICES: dict[str, tuple[tuple[Value, str], ...]] = {
    "mode": (("road", "road or treadmill"), ("trail", "trail"), ("technical", "technical ground")),
    "feet": ((True, "feet"), (False, "metres")),
    "speech": ((True, "tone, then words"), (False, "tones only")),
}
"""Settings that are chosen by words: value and word."""

HELP: dict[str, str] = {
    "mode": "The ground whose limits hold when a run starts; keys 1, 2 and 3 change it as you go.",
    "feet": "How distances are shown and said.",
    "language": "en, or one that you added: de for texts/de.json beside your settings. It holds from the next start.",
    "speech": "A tone says which posture it is about; the words after it say what to do.",
    "sound_device": "Loudspeakers or headphones for the cues. Headphones that come later: look again.",
    "gaze.eye_height_m": "From the ground to your eyes: your height minus 0.11 m.",
}
"""What a setting does, where its documentation speaks of the file rather than of the page."""

_HEAD = {
    "on_deg": "Head counts as down above",
    "off_deg": "... and as up again below",
    "dwell_s": "Down this long brings a cue",
    "leak": "How fast a look up makes good",
    "release_s": "Up this long ends it",
    "cooldown_s": "Time to the next such cue",
    "brief_s": "Shortest look up that is a rest",
    "prompts_per_hour": "Most cues in an hour",
}
LABELS: dict[str, str] = {
    **{f"{mode}.{name}": label for mode in ("road", "trail", "technical") for name, label in _HEAD.items()},
    "shoulders.on": "Shoulders count as up above",
    "shoulders.off": "... and as down again below",
    "shoulders.dwell_s": "Up this long brings a cue",
    "shoulders.leak": "How fast relaxing makes good",
    "shoulders.release_s": "Relaxed this long ends it",
    "shoulders.cooldown_s": "Time to the next such cue",
    "shoulders.brief_s": "Shortest drop that is a rest",
    "shoulders.claim_d_prime": "Least d' to claim anything",
    "mode": "Where you run",
    "own_limits": "Limits from your floor marks",
    "adapt_neutral": "Follow a cap that creeps",
    "hill_lean": "Lean into a hill",
    "slip_near_deg": "Sensor moved: never nearer than",
    "slip_away_s": "Sensor moved: for this long",
    "slip_cooldown_s": "Sensor moved: not again within",
    "slip_familiar_s": "Sensor moved: habit before it, on a trail",
    "volume": "Loudness",
    "speech": "What you hear",
    "sound_device": "Where it plays",
    "cues.head": "Head too low",
    "cues.look_up": "Look up now and then",
    "cues.shoulders": "Shoulders up",
    "cues.good": "A short 'good'",
    "cues.moved": "Sensor may have moved",
    "cues.link": "Sensor lost and back",
    "cues.battery": "Sensor battery low",
    "praise_every_s": "Time between two 'good'",
    "patience": "Unheeded cues before they grow fewer",
    "prompt_gap_s": "Least time between any two cues",
    "grace_s": "Only watch at the start",
    "fading": "Fewer cues from run to run",
    "fading_run": "This is run number",
    "planned_min": "Length of the run",
    "coaching.form_checks": "Form checks",
    "coaching.loosen_every_min": "Loosen up every",
    "coaching.summary_every_min": "Spoken summary every",
    "coaching.planned_km": "Distance of the run",
    "coaching.learned_min": "Your usual run",
    "feet": "Distances in",
    "language": "Language",
    "reduced_motion": "Less motion",
    "devices.treadmill": "Treadmill",
    "devices.foot_pod": "Foot pod",
    "devices.heart": "Heart strap",
    "gaze.eye_height_m": "Eye height",
    "gaze.head_share": "The head's share of a look down",
    "gaze.head_share_sd": "... spread between people",
    "gaze.intercept_deg": "Head pitch at a level gaze",
    "gaze.eye_sd_deg": "What the eyes add",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of the page: the chapter it is in, its title, a line on it, and its settings in order."""

    chapter: str
    title: str
    intro: str
    keys: tuple[str, ...]


_LEAVES = (
    Leaf(
        "What counts",
        "General",
        "Where you run, and what is taken for your own neutral posture.",
        (
            "mode",
            "own_limits",
            "adapt_neutral",
            "hill_lean",
            "slip_near_deg",
            "slip_away_s",
            "slip_cooldown_s",
            "slip_familiar_s",
        ),
    ),
    *(
        Leaf("What counts", title, GROUPS.get(group, ""), tuple(k.key for k in KEYS if k.group == group))
        for title, group in (
            ("Road", "road"),
            ("Trail", "trail"),
            ("Technical", "technical"),
            ("Shoulders", "shoulders"),
        )
    ),
    Leaf("Cues", "Sound", "How loud, in which voice, and where.", ("volume", "speech", "sound_device")),
    Leaf(
        "Cues",
        "Which cues",
        "What is off is still noticed, shown and recorded.",
        (*(k.key for k in KEYS if k.group == "cues"), "praise_every_s", "prompt_gap_s", "grace_s"),
    ),
    Leaf(
        "Cues",
        "Fading",
        "Cues that grow fewer, so that the posture becomes your own.",
        ("fading", "fading_run", "planned_min", "patience"),
    ),
    Leaf(
        "Coaching",
        "Coaching",
        "What is said between the cues.",
        tuple(k.key for k in KEYS if k.group == "coaching"),
    ),
    Leaf(
        "You",
        "You",
        "Your units, your build, and what else you wear or run on.",
        (
            "feet",
            "language",
            "reduced_motion",
            *(k.key for k in KEYS if k.group == "devices"),
            "gaze.eye_height_m",
            *(k.key for k in KEYS if k.group == "gaze" and k.key != "gaze.eye_height_m"),
        ),
    ),
)


def leaves() -> tuple[Leaf, ...]:
    """All leaves; settings that none of them names stand on leaves of their own at the end."""
    named = {key for leaf in _LEAVES for key in leaf.keys}
    left = [key for key in KEYS if key.key not in named]
    groups = dict.fromkeys(key.group for key in left)
    extra = (
        Leaf(
            "More",
            (group or "more").replace("_", " ").capitalize(),
            GROUPS.get(group, ""),
            tuple(key.key for key in left if key.group == group),
        )
        for group in groups
    )
    return (*(leaf for leaf in _LEAVES if leaf.keys), *extra)


def label_of(key: str) -> str:
    """The label of a setting."""
    return LABELS.get(key) or key.rpartition(".")[2].replace("_", " ").capitalize()


def help_of(key: str) -> str:
    """What a setting does."""
    return HELP.get(key) or BY_KEY[key].doc


def sentence(reason: str, group: str = "") -> str:
    """An error's reason as a sentence for people, with labels for the names of settings."""
    for key in KEYS:
        if key.group == group and f" {key.name} " in reason:
            reason = reason.replace(f" {key.name} ", f" ‘{label_of(key.key)}’ ")
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def feet_words(metres: float) -> str:
    """A height in feet and inches."""
    inches = round(metres / 0.0254)
    return f"{inches // 12} ft {inches % 12} in"


def letters(texts: Iterable[str]) -> set[str]:
    """The mnemonic letters that texts use."""
    return {t[t.index("&") + 1].lower() for t in texts if "&" in t}


def with_mnemonics(texts: Sequence[str], taken: set[str]) -> list[str]:
    """Texts with '&' before a letter that is free; those that find none stay as they are. Adds to `taken`."""
    given = []
    for text in texts:
        starts = [i for i, c in enumerate(text) if c.isalpha() and c.isascii() and (i == 0 or text[i - 1] == " ")]
        others = [i for i, c in enumerate(text) if c.isalpha() and c.isascii()]
        place = next((i for i in (*starts, *others) if text[i].lower() not in taken), None)
        if place is not None:
            taken.add(text[place].lower())
            text = f"{text[:place]}&{text[place:]}"
        given.append(text)
    return given
