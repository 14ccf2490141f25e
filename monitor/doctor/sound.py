"""PortAudio, somewhere to play the cues, and whether they would be heard there.

Windows does not tell its volume to a program without further packages, so nothing is said of it there.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from monitor.doctor.child import Answer, ask, tool
from monitor.doctor.finding import Finding, State
from monitor.outputs.own_clips import OwnClips, look_into

_PROBE = """
import json
try:
    import sounddevice
    outputs = [d["name"] for d in sounddevice.query_devices() if d["max_output_channels"] > 0]
    number = sounddevice.default.device[1]
    default = sounddevice.query_devices(number)["name"] if number >= 0 else ""
    print(json.dumps({"outputs": outputs, "default": default}))
except ImportError:
    print(json.dumps({"problem": "package"}))
except OSError:
    print(json.dumps({"problem": "library"}))
except Exception as error:
    print(json.dumps({"problem": "system", "why": str(error)}))
"""

_TOPIC = "Sound"
QUIET_PERCENT = 10
_UP = "Turn it up with the keyboard's volume keys; headsup settings has a test sound."
_NO_DEVICE = {
    "linux": "Plug in or pair headphones, then check that the desktop's sound settings list them.",
    "darwin": "Choose an output in System Settings > Sound.",
    "win32": "Choose an output in Settings > System > Sound.",
}


def check_sound(answer: Answer, platform: str) -> Finding:
    """Whether a cue would be heard, from what a child process that asked PortAudio said."""
    remedy = _NO_DEVICE.get(platform, _NO_DEVICE["linux"])
    if answer.late:
        return Finding(
            _TOPIC,
            State.WARNING,
            "The sound system did not answer in time.",
            "Restart the sound server or log in anew.",
        )
    problem = answer.values.get("problem")
    if problem == "package":
        return Finding(_TOPIC, State.MISSING, "sounddevice is not installed.", "Install the packages named above.")
    if problem == "library":
        return Finding(
            _TOPIC,
            State.MISSING,
            "The PortAudio library is missing, so cues are shown but not heard.",
            "On Debian or Ubuntu: sudo apt-get install libportaudio2 libasound2-plugins",
        )
    outputs = answer.values.get("outputs")
    if problem or outputs is None:
        return Finding(_TOPIC, State.WARNING, "The sound system cannot be used just now; cues are only shown.", remedy)
    if not outputs:
        return Finding(
            _TOPIC, State.WARNING, "No loudspeaker or headphones were found; cues are shown but not heard.", remedy
        )
    return Finding(_TOPIC, State.OK, f"Cues play on '{answer.values.get('default') or outputs[0]}'.")


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the system tells of its own output; None where it does not. `percent` of full, `device` by its own name."""

    muted: bool | None = None
    percent: int | None = None
    device: str = ""


def check_device(answer: Answer, wanted: str) -> list[Finding]:
    """Whether the output that the settings name ('' = the computer's choice) is there."""
    outputs = [str(name) for name in answer.values.get("outputs") or []]
    if not wanted or not outputs or any(wanted.lower() in name.lower() for name in outputs):
        return []
    sentence = f"The output of your settings, '{wanted}', is not there; cues play on another one."
    return [Finding("Sound device", State.WARNING, sentence, "headsup settings reset sound_device")]


def check_loudness(loudness: Loudness) -> list[Finding]:
    """Whether a cue would be heard on the computer's own output; nothing where all is well or nothing is known."""
    topic, found = "Volume", []
    if loudness.muted:
        found.append(Finding(topic, State.WARNING, "The computer's sound is muted.", _UP))
    elif loudness.percent is not None and loudness.percent < QUIET_PERCENT:
        sentence = f"The computer's volume is at {loudness.percent} %: a cue would hardly be heard."
        found.append(Finding(topic, State.WARNING, sentence, _UP))
    if is_telephone(loudness.device):
        sentence = "The headphones are in telephone mode, where cues sound dull and come late."
        remedy = "Choose the headphones' stereo entry (A2DP) in the sound settings, and close call programs."
        found.append(Finding("Headphones", State.WARNING, sentence, remedy))
    elif is_wireless(loudness.device):
        sentence = "Bluetooth headphones play a cue 0.1 to 0.3 s late."
        remedy = "That is fine for a posture cue; if links break, use headphones with a cable: they share the radio."
        found.append(Finding("Headphones", State.WARNING, sentence, remedy))
    return found


def is_telephone(device: str) -> bool:
    """The output is a headset's microphone mode, by the names that PulseAudio, PipeWire and Windows give it."""
    return re.search(r"hands-?free|headset[-_]head[-_]unit|bluez.*(hfp|hsp)", device, re.IGNORECASE) is not None


def is_wireless(device: str) -> bool:
    """The output is Bluetooth headphones, by its name."""
    return re.search(r"bluez|bluetooth|airpods|\bbuds\b", device, re.IGNORECASE) is not None


def pulse_loudness(default: str, mute: str, volume: str) -> Loudness:
    """From `pactl get-default-sink`, `get-sink-mute` and `get-sink-volume` of it."""
    muted = {"Mute: yes": True, "Mute: no": False}.get(mute.strip())
    percents = [int(p) for p in re.findall(r"(\d{1,3})%", volume)]
    return Loudness(muted, max(percents, default=None), default.strip())


def mac_loudness(text: str) -> Loudness:
    """From `osascript -e 'get volume settings'`: 'output volume:44, ..., output muted:false'."""
    volume = re.search(r"output volume:(\d{1,3})", text)
    muted = re.search(r"output muted:(true|false)", text)
    return Loudness(muted[1] == "true" if muted else None, int(volume[1]) if volume else None)


def loudness(default: str) -> Loudness:
    """The computer's own volume, where the system tells; `default` is PortAudio's name of the output."""
    system: str = sys.platform
    told = Loudness()
    if system == "darwin":
        told = mac_loudness(tool("osascript", "-e", "get volume settings", seconds=1.0))
    elif system.startswith("linux") and (sink := tool("pactl", "get-default-sink", seconds=1.0)):
        mute, volume = (tool("pactl", f"get-sink-{what}", "@DEFAULT_SINK@", seconds=1.0) for what in ("mute", "volume"))
        told = pulse_loudness(sink, mute, volume)
    return told if told.device else Loudness(told.muted, told.percent, default)


def check_own_clips(found: OwnClips) -> list[Finding]:
    """What of the wearer's own clips is used; nothing where there are none."""
    if not found.line:
        return []
    if found.problems:
        return [Finding(_TOPIC, State.WARNING, f"Own clips: {found.line}", "Record those again as plain WAV files.")]
    return [Finding(_TOPIC, State.OK, f"Own clips: {found.line}")]


def findings(own_clips: Path | None = None, wanted: str = "") -> list[Finding]:
    """The sound of this computer, whether the output `wanted` is there, and the wearer's own clips."""
    clips = check_own_clips(look_into(own_clips)) if own_clips is not None else []
    answer = ask(_PROBE)
    heard = check_sound(answer, sys.platform)
    if heard.state is not State.OK:
        return [heard, *clips]
    default = str(answer.values.get("default", ""))
    return [heard, *check_device(answer, wanted), *check_loudness(loudness(default)), *clips]
