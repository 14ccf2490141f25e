"""`headsup calibrate`: learn the wearer's neutral posture, guided and live, or from a recording; or list profiles."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from calibration import store
from calibration.aside import damage, set_aside
from calibration.guide import Instruction, Saying
from calibration.model import Profile
from calibration.protocol import AGAIN_CLIP, GUIDED, Step, full, quick, unhurried
from monitor.commands import places
from monitor.commands.calibrate_live import Notice, lead
from monitor.commands.profile_list import list_profiles, site_lines
from monitor.commands.spans import pose_spans
from monitor.commands.wanted import wanted
from monitor.errors import ProfileError, SettingsError
from monitor.outputs.phrases import Clip, counted
from monitor.outputs.player import CuePlayer
from monitor.recording.reader import open_recording
from monitor.review.poses import profile_from
from monitor.sources.ble import SensorRequest
from monitor.sources.radio import Radio, SystemRadio
from monitor.texts.speaking import say
from monitor.values import Site

Say = Callable[[Instruction], None]
Count = Callable[[str], None]


def run(args: argparse.Namespace) -> int:
    """Make a profile and keep it, or list the profiles; exit code 0. Raises CalibrationError, ProfileError."""
    if _option(args, "list"):
        return list_profiles(as_json=args.json)
    store.path_of(places.profiles_folder(), args.profile)  # a bad name is said before the wearer stands still
    places.speak()
    if args.recording is not None:
        profile = from_recording(args)
    elif args.neutral or args.look or args.shrug or args.lean or args.forward or _option(args, "run_span"):
        raise SettingsError("--from", "is missing: poses are taken from the seconds of a recording, --from RUN")
    else:
        _spare_a_persons(args.profile, simulated=args.simulate)  # before anybody stands still for it
        profile = _guided_on_screen(args)
    _spare_a_persons(args.profile, simulated=profile.simulated)
    folder = places.profiles_folder()
    why = damage(folder, profile.name)
    if (kept := set_aside(folder, profile.name)) is not None:
        print(f"The old profile '{profile.name}' could not be read ({why}); it is kept as {kept}", file=sys.stderr)
    path = store.save(folder, profile)
    if args.json:
        print(store.to_json(profile))
        return 0
    if profile.simulated:
        print("SIMULATED wearer")
    for site in profile.sites:
        print(say("\n".join(site_lines(site))))
    print(say(f"Profile '{profile.name}' kept in {path}"))
    return 0


def from_recording(args: argparse.Namespace) -> Profile:
    """The profile from the seconds named on the command line."""
    spans = pose_spans(args.neutral, args.look, args.shrug, args.lean, _option(args, "run_span"))
    with open_recording(args.recording) as recording:
        return profile_from(
            recording,
            args.profile,
            places.utc_now(),
            spans,
            args.forward,
            eye_height_m=places.settings().gaze.eye_height_m,
        )


def guided(
    name: str,
    requests: tuple[SensorRequest, ...],
    *,
    simulate: bool,
    say: Say,
    keep: Path | None = None,
    steps: Sequence[Step] | None = None,
    count: Count | None = None,
    notice: Notice | None = None,
) -> Profile:
    """Lead the wearer through the poses and fit the profile from what was recorded meanwhile.

    say   : told every request, in the first place or again, as text and as the clips to be spoken
    keep  : where to leave the recording of the calibration; None throws it away
    steps : what to ask for; None = the quick protocol
    count : told the seconds left of a pose, as text
    notice : told what is being waited for

    Raises CalibrationError with reason and remedy.
    """
    radio: Radio = SystemRadio()
    if simulate:
        from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME, calibration_radio

        steps = steps or GUIDED
        radio = calibration_radio(steps)
        requests = (SensorRequest(Site.HEAD, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME))
    else:
        steps = unhurried(steps or quick(shoulders=_beside_the_head(requests)))

    def tell(instruction: Instruction) -> None:
        if instruction.saying is Saying.COUNT:
            if count:
                count(instruction.text)
            return
        say(instruction)

    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "calibration.headsup"
        led = lead(path, requests, radio, steps, tell, notice or (lambda _: None), simulated=simulate)
        with open_recording(path) as recording:
            return profile_from(
                recording,
                name,
                places.utc_now(),
                led.spans,
                eye_height_m=places.settings().gaze.eye_height_m,
                notes=led.left_out,
                forgiving=True,
            )


def _spare_a_persons(name: str, *, simulated: bool) -> None:
    """A SIMULATED calibration never replaces a person's. Raises ProfileError."""
    folder = places.profiles_folder()
    if not simulated or name not in store.names(folder):
        return
    try:
        persons = not store.load(folder, name).simulated
    except ProfileError:
        return  # damaged: nothing to spare
    if persons:
        raise ProfileError(
            name, "is a person's, and a SIMULATED one does not replace it; choose another name: --profile simulated"
        )


def _guided_on_screen(args: argparse.Namespace) -> Profile:
    """Guided, with lines on standard error and the voice where there is sound."""
    from monitor.commands.live import player_for

    requests = wanted(args.sensor, None)
    marks = bool(_option(args, "marks"))
    if marks and not _option(args, "full"):
        raise SettingsError("--marks", "belongs to --full: floor marks are part of the full calibration")
    steps: tuple[Step, ...] | None = None
    if _option(args, "full"):
        steps = full(shoulders=args.simulate or _beside_the_head(requests), marks=marks)
    player = player_for(places.settings(), silent=args.simulate)
    try:
        return guided(
            args.profile,
            requests,
            simulate=args.simulate,
            say=_Voice(player),
            steps=steps,
            count=_Counter(player),
            notice=_print_notice,
        )
    finally:
        player.close()


class _Voice:
    """Prints and speaks what the wearer is asked."""

    def __init__(self, player: CuePlayer) -> None:
        self._player = player

    def __call__(self, instruction: Instruction) -> None:
        print(f"  {say(instruction.text)}", file=sys.stderr, flush=True)
        self._player.play(spoken(instruction))


def spoken(instruction: Instruction) -> tuple[Clip, ...]:
    """The clips of an instruction: a pose that is asked for again is said to be."""
    again = (Clip(AGAIN_CLIP),) if instruction.saying is Saying.AGAIN else ()
    return (*again, Clip(instruction.clip)) if instruction.clip else again


class _Counter:
    """Prints the seconds left of a pose, and speaks them: nobody who looks far ahead sees the screen."""

    def __init__(self, player: CuePlayer) -> None:
        self._player = player

    def __call__(self, text: str) -> None:
        print(f"    {say(text)}", file=sys.stderr, flush=True)
        if text.isdecimal() and (sounds := counted(int(text))):
            self._player.play(sounds)


def _print_notice(text: str) -> None:
    print(say(text), file=sys.stderr, flush=True)


def _beside_the_head(requests: Sequence[SensorRequest]) -> bool:
    return any(request.site is not Site.HEAD for request in requests)


def _option(args: argparse.Namespace, name: str) -> Any:
    """An option that a caller of `run` may leave out."""
    return getattr(args, name, None)
