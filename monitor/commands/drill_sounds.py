"""What is heard of a drill's prompts: a tone, and the prompt's own words."""

from __future__ import annotations

from monitor.drills.prompts import Prompt, Saying
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Sound, said

TONES: dict[Saying, Cue] = {
    Saying.START: Cue.TEST,
    Saying.HINT: Cue.SHOULDERS,
    Saying.NUDGE: Cue.SHOULDERS,
    Saying.HALFWAY: Cue.GOOD,
    Saying.OTHER_WAY: Cue.TEST,
    Saying.PACE: Cue.GOOD,
    Saying.DONE: Cue.GOOD,
    Saying.MOVED_ON: Cue.SHOULDERS,
    Saying.FAILED: Cue.LINK_LOST,
}
"""For a head that hangs and cannot read: three steps up for what comes next, a tick for what counts, a falling pair for
what does not. A number has none: it would come late."""


def sounds_of_prompt(prompt: Prompt) -> tuple[Sound, ...]:
    """The sounds of a prompt, () for none: what cannot be spoken and has no tone is only shown."""
    tone = TONES.get(prompt.saying)
    return (*((tone,) if tone else ()), *said(prompt.text))
