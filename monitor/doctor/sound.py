"""PortAudio and somewhere to play the cues."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.doctor.child import Answer, ask
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


def check_own_clips(found: OwnClips) -> list[Finding]:
    """What of the wearer's own clips is used; nothing where there are none."""
    if not found.line:
        return []
    if found.problems:
        return [Finding(_TOPIC, State.WARNING, f"Own clips: {found.line}", "Record those again as plain WAV files.")]
    return [Finding(_TOPIC, State.OK, f"Own clips: {found.line}")]


def findings(own_clips: Path | None = None) -> list[Finding]:
    """The sound of this computer, and the wearer's own clips where their folder is named."""
    clips = check_own_clips(look_into(own_clips)) if own_clips is not None else []
    return [check_sound(ask(_PROBE), sys.platform), *clips]
