"""The set-up's pages as states, without Qt: which page is shown, what it shows, and what each wish of the wearer does.

Call `tick` several times a second; pages read the attributes and call the wishes.
"""

from __future__ import annotations

from calibration.check import Verdict
from calibration.model import Profile
from monitor.dashboard.setup.check_round import CheckRound
from monitor.dashboard.setup.facts import (
    GuideView,
    Outcome,
    Phase,
    Pick,
    Problem,
    SetupChoice,
    SetupParts,
    Trouble,
)
from monitor.dashboard.setup.finding import Finding
from monitor.dashboard.setup.guiding import Guiding
from monitor.dashboard.setup.page_order import NOTHING_FOUND, SEARCH_S, Page, not_kept, out_of_reach, silent
from monitor.dashboard.setup.sound_check import SoundTest
from monitor.errors import ProfileError
from monitor.values import Mode, Site


class SetupModel:
    """One way through the set-up. `choice` is None until it is over."""

    def __init__(self, parts: SetupParts) -> None:
        self._parts = parts
        self._crew = parts.person
        self._now_s = 0.0
        self.profile: Profile | None = parts.person.keeper.usual()
        self._returning = self.profile is not None
        self.page = Page.RETURNING if self._returning else Page.WELCOME
        self.trouble: Trouble | None = None
        self.behind = self.page
        """The page that a trouble covers."""
        self.finding = Finding()
        self.sound = SoundTest(parts.sounds)
        self.guiding = Guiding(parts.sounds)
        self.check: CheckRound | None = None
        """None until the 10-second check was begun."""
        self.mode = parts.mode
        """The ground to run on."""
        self._kept_as = ""
        self._ground_chosen, self._after_ground = False, Page.SOUND
        self.choice: SetupChoice | None = None
        if not self._returning and (unreadable := parts.person.keeper.unreadable()) is not None:
            self._fail(unreadable)

    # ---------------------------------------------------------------- what pages show

    @property
    def simulated(self) -> bool:
        """The SIMULATED runner is being set up."""
        return self._crew.simulated

    @property
    def can_simulate(self) -> bool:
        """There is a SIMULATED runner to try instead."""
        return self._parts.simulated is not None and not self.simulated

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The chosen sensors."""
        return self.finding.picks

    @property
    def worn(self) -> tuple[Site, ...]:
        """Where sensors are worn: as chosen just now, else as calibrated."""
        if self.picks or self.profile is None:
            return tuple(pick.site for pick in self.picks)
        return tuple(site for site in Site if any(s.site == site.value for s in self.profile.sites))

    @property
    def on_the_way(self) -> Page:
        """The page by which a page of dots tells how far one has come."""
        if self.page is Page.GROUND and self._after_ground is Page.RETURNING:
            return Page.RETURNING
        return self.behind if self.page is Page.TROUBLE else self.page

    def about(self) -> tuple[str, ...]:
        """Age of the profile, and what speaks against it."""
        return self._crew.keeper.about(self.profile) if self.profile is not None else ()

    # ---------------------------------------------------------------- time

    def tick(self, now_s: float) -> None:
        """Look at what goes on behind the page; `now_s` any steady clock."""
        self._now_s = now_s
        lost = self.trouble is not None and self.trouble.problem is Problem.SENSOR_LOST
        if self.page is Page.FIND:
            self._look_at_scan()
        elif self.page is Page.CALIBRATE or lost:
            self.sound.glance()
            self._look_at_guide()
        elif self.page is Page.CHECK and self.check is not None:
            self.sound.glance()
            self._look_at_check(self.check)
        elif self.restarts_in_s <= 0:
            self.go(Page.CALIBRATE)
            self.guiding.begin_again(self._crew.calibrator, self.picks, self._crew.profile_name)
        elif self.page is Page.SOUND:
            self.sound.look()
            if self.sound.silent and not self.sound.choosing:
                self._fail(silent(self.sound.view.sentence))

    def _look_at_scan(self) -> None:
        self.finding.look(self._crew.scanner.look(), self._now_s)
        if self.finding.scan.trouble is not None:
            self._fail(self.finding.scan.trouble)
        elif self.finding.empty_s(self._now_s) > SEARCH_S:
            self._fail(NOTHING_FOUND)

    def _look_at_check(self, check: CheckRound) -> None:
        check.tick(self._now_s)
        if check.view.trouble is not None:
            self._fail(check.view.trouble)
        elif check.goes_in_s <= 0:
            self._end(Outcome.START)

    def _look_at_guide(self) -> None:
        view = self.guiding.look(self._now_s)
        if view is None:
            return
        if view.lost and view.phase is Phase.LEADING:
            self._fail(out_of_reach(view.lost, view.lost_why))
            return
        if self.page is Page.TROUBLE:  # it is back
            self.page, self.trouble = Page.CALIBRATE, None
        if view.trouble is not None:
            self._fail(view.trouble)
        elif view.profile is not None and self._kept(view.profile):
            self.page = Page.RESULT

    def _kept(self, profile: Profile) -> bool:
        """Whether the profile is on disk, and the one to run with."""
        try:
            self._crew.keeper.keep(profile)
        except ProfileError as error:
            self._fail(not_kept(str(error)))
            return False
        self.profile = profile
        return True

    def _fail(self, trouble: Trouble) -> None:
        if self.page is not Page.TROUBLE:
            self.behind = self.page
        self.page, self.trouble = Page.TROUBLE, trouble

    # ---------------------------------------------------------------- going on and back

    def go(self, page: Page) -> None:
        """Show a page; what the page before had set going ends, what this one needs begins."""
        before = self.behind if self.page is Page.TROUBLE else self.page
        if before is Page.FIND:
            self._crew.scanner.stop()
        self.guiding.stop()
        self._stop_check()
        self.page, self.trouble = page, None
        if page is Page.FIND:
            self.finding.restart()
            self._crew.scanner.start()
        elif page is Page.CALIBRATE:
            self._parts.sounds.open(self.sound.view.device)  # the voice that leads
        elif page is Page.CHECK and self.profile is not None:
            self._parts.sounds.open(self.sound.view.device)
            self.check = CheckRound(self._crew.checker, self._parts.sounds, self.profile, self._parts.planned_min)
        elif page is Page.SOUND:
            self.sound.begin()

    def next(self) -> None:
        """Enter: the one thing that a page is about."""
        match self.page:
            case Page.RETURNING:
                self.go(Page.CHECK)
            case Page.CHECK if self.check is not None:
                self._after_check(self.check)
            case Page.READY:
                self._end(Outcome.START)
            case Page.WELCOME:
                self.go(Page.FIND)
            case Page.FIND if self.finding.marked is not None:
                self.finding.pick(self.finding.marked)
            case Page.FIND if self.picks:
                self.go(Page.CLIP)
            case Page.CLIP:
                self.go(Page.CALIBRATE)
            case Page.CALIBRATE:
                self.begin()
            case Page.RESULT:
                self._after_ground = Page.SOUND
                self.go(Page.GROUND)
            case Page.GROUND:
                self._ground_chosen = True
                self.go(self._after_ground)
            case Page.SOUND:
                self.heard()
            case Page.TROUBLE:
                self.retry()

    def _after_check(self, check: CheckRound) -> None:
        match check.view.verdict:
            case Verdict.SAME:
                self._end(Outcome.START)
            case Verdict.MOVED if not check.view.bowed:
                self.rezero()
            case Verdict.MOVED | Verdict.WORN_ANEW:
                self.check_again()

    def back(self) -> None:
        """Esc: one page back; from the first, out of the set-up."""
        page = self.behind if self.page is Page.TROUBLE else self.page
        match page:
            case Page.RETURNING:
                self.leave()
            case Page.WELCOME:
                self.go(Page.RETURNING) if self._returning else self.leave()
            case Page.FIND:
                self.go(Page.WELCOME)
                self._as_person()
            case Page.CHECK:
                self.go(Page.RETURNING)
            case Page.GROUND:
                self.go(Page.RETURNING if self._after_ground is Page.RETURNING else Page.RESULT)
            case Page.CLIP:
                self.go(Page.FIND)
            case Page.CALIBRATE if self.guide is not None or self.page is Page.TROUBLE:
                self.go(Page.CALIBRATE)  # to the choice of how thorough
            case Page.CALIBRATE:
                self.go(Page.CLIP)
            case Page.RESULT:
                self.go(Page.CALIBRATE)
            case Page.SOUND if self.sound.choosing and self.page is Page.SOUND:
                self.sound.choosing = False
            case Page.SOUND:
                self._after_ground = Page.SOUND
                self.go(Page.GROUND)
            case Page.READY:
                self.go(Page.SOUND)

    def retry(self) -> None:
        """From a trouble: the page behind it anew."""
        unreadable = self.trouble is not None and self.trouble.problem is Problem.UNREADABLE
        self.go(Page.FIND if unreadable else self.behind)

    # ---------------------------------------------------------------- a returning wearer

    def check_again(self) -> None:
        """The sensor was clipped on anew: look once more."""
        self.go(Page.CHECK)

    def rezero(self) -> None:
        """What the check saw is the neutral today; then the run."""
        rezeroed = self.check.view.rezeroed if self.check is not None else None
        if rezeroed is None:
            return
        try:
            self._kept_as = self._crew.keeper.keep_today(rezeroed)
        except ProfileError as error:
            self._fail(not_kept(str(error)))
            return
        self.profile = rezeroed
        self._end(Outcome.START)

    def start_anyway(self) -> None:
        """Run as it is: the run itself says once more what it sees."""
        if self.profile is not None:
            self._end(Outcome.START)

    def calibrate_anew(self) -> None:
        """All poses again, with the sensors that are known; they are chosen as soon as they are found."""
        self.go(Page.FIND)
        self.finding.take_known = True

    def change_ground(self) -> None:
        """A returning wearer runs elsewhere today."""
        self._after_ground = Page.RETURNING
        self.go(Page.GROUND)

    def choose_ground(self, mode: Mode) -> None:
        """Where to run."""
        self.mode = mode

    def anew(self) -> None:
        """A returning wearer sets up again."""
        self.go(Page.WELCOME)

    def search_again(self) -> None:
        """Look for sensors anew; what was chosen stays chosen."""
        self.go(Page.FIND)

    def simulate(self) -> None:
        """Try the SIMULATED runner instead."""
        if self._parts.simulated is None or self.simulated:
            return
        self.go(Page.WELCOME)
        self._crew, self.finding = self._parts.simulated, Finding()
        self.go(Page.FIND)

    def start_simulated(self) -> None:
        """Begin with the SIMULATED runner: as a returning one, where that runner was calibrated before."""
        crew = self._parts.simulated
        if crew is None or (profile := crew.keeper.usual()) is None:
            self.simulate()
            return
        self.go(Page.RETURNING)
        self._crew, self.profile, self.finding = crew, profile, Finding()

    def _as_person(self) -> None:
        if self.simulated:
            self._crew, self.finding = self._parts.person, Finding()
            self.profile = self._crew.keeper.usual()

    def leave(self) -> None:
        """Out of the set-up, from any page."""
        self._end(Outcome.LEFT)

    def _end(self, outcome: Outcome) -> None:
        if self.choice is not None:
            return
        self._crew.scanner.stop()
        self.guiding.stop()
        self._stop_check()
        self._parts.sounds.close()
        start = outcome is Outcome.START
        self.choice = SetupChoice(
            outcome,
            profile=self.profile if start else None,
            simulated=start and self.profile is not None and self.profile.simulated,
            sound_device=self.sound.view.device if self.sound.heard is not None else None,
            heard=self.sound.heard,
            mode=self.mode if self._ground_chosen else None,
            kept_as=self._kept_as if start else "",
        )

    def _stop_check(self) -> None:
        if self.check is not None:
            self.check.stop()
            self.check = None

    # ---------------------------------------------------------------- calibrating

    @property
    def guide(self) -> GuideView | None:
        """The calibration as it stands; None until it was begun."""
        return self.guiding.view

    @property
    def restarts_in_s(self) -> float:
        """Seconds until a failed calibration begins again by itself; infinite where it does not."""
        return self.guiding.restarts_in_s(self._now_s)

    def begin(self) -> None:
        """Start leading through the poses; nothing happens while that is going on."""
        if self.page is Page.CALIBRATE:
            self.guiding.by_hand()
            self.guiding.begin(self._crew.calibrator, self.picks, self._crew.profile_name)

    # ---------------------------------------------------------------- sound

    def heard(self) -> None:
        """The test sound was heard."""
        self.go(Page.READY)
        self.sound.heard = True

    def without_sound(self) -> None:
        """Go on although nothing is heard."""
        self.go(Page.READY)
        self.sound.heard = False
