"""One question 'what if', as the command line asks it: two whole analyses and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.model import Profile
from monitor.recording.reader import Recording
from monitor.review.analyse import analyse, recorded_profile, recorded_settings
from monitor.review.analysis import RunAnalysis
from monitor.review.whatif_change import Compared, compared
from monitor.review.whatif_settings import asked
from monitor.review.whatif_words import labelled
from monitor.values import Mode


def what_if(
    recording: Recording,
    texts: Sequence[str],
    *,
    profile: Profile | None = None,
    mode: Mode | None = None,
    best: bool = False,
) -> tuple[RunAnalysis, Compared]:
    """The analysis with some settings changed, labelled as such, and what that changes.

    texts : KEY=VALUE each, with the keys of `headsup settings`
    profile, mode, best : as in `analyse`; a changed `mode` goes before the one given here

    Raises SettingsError, before anything is worked out, and what `analyse` raises.
    """
    profile = profile if profile is not None else recorded_profile(recording)
    recorded = recorded_settings(recording)
    settings = asked(recorded.replaced(mode=mode) if mode is not None else recorded, profile, texts)
    was = analyse(recording, profile=profile, mode=mode)
    now = analyse(recording, profile=profile, settings=settings, best=best)
    return labelled(now, was), compared(was, now)
