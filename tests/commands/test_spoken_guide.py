"""What the guide speaks: each request with its clip, and a pose asked for again is said to be."""

from calibration.guide import Instruction, Saying
from calibration.protocol import AGAIN_CLIP, at, full
from monitor.commands.calibrate import spoken
from monitor.outputs.phrases import Clip

STEPS = [at(step, 0.0) for step in full(shoulders=True, marks=True)]


def test_every_pose_has_a_voice():
    for timed in STEPS:
        asked = Instruction(Saying.ASK, timed.step.say, timed, timed.step.clip)
        assert spoken(asked) == (Clip(timed.step.clip),)


def test_a_refused_pose_is_asked_for_again_aloud():
    timed = STEPS[1]
    again = Instruction(Saying.AGAIN, "You moved.", timed, timed.step.clip)
    assert spoken(again) == (Clip(AGAIN_CLIP), Clip(timed.step.clip))


def test_what_has_no_clip_is_only_printed():
    assert spoken(Instruction(Saying.ASK, "text", STEPS[1], "")) == ()
