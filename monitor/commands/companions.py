"""What accompanies the sensors of a live run by Bluetooth: which devices were asked for, and their source."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.settings import Devices
from monitor.sources.base import Sink, Source, SourceItem
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.idents import is_address
from monitor.sources.radio import Radio, SystemRadio
from monitor.sources.radio_shared import OneRadio
from monitor.sources.radio_source import RadioSource
from monitor.sources.side_by_side import SideBySide
from monitor.values import Ground

ANY, NONE = "any", "none"
"""Instead of a name: the nearest of its kind; not in this run."""


def asked_for(args: argparse.Namespace, devices: Devices) -> tuple[CompanionRequest, ...]:
    """Requests for `--treadmill [NAME] --foot-pod [NAME] --heart [NAME]`; each that is not given as in the settings.

    A SIMULATED run has one of each kind, whatever the name.
    """
    named = (
        (CompanionKind.TREADMILL, args.treadmill, devices.treadmill),
        (CompanionKind.FOOT_POD, args.foot_pod, devices.foot_pod),
        (CompanionKind.HEART_STRAP, args.heart, devices.heart),
    )
    requests = []
    for kind, option, setting in named:
        ident = (setting if option is None else option).strip()
        if ident and ident.lower() != NONE:
            requests.append(_request(kind, ANY if args.simulate else ident))
    return tuple(requests)


def _request(kind: CompanionKind, ident: str) -> CompanionRequest:
    if ident.lower() == ANY:
        return CompanionRequest(kind)
    return CompanionRequest(kind, address=ident) if is_address(ident) else CompanionRequest(kind, name=ident)


def beside(
    source: Source,
    requests: Sequence[CompanionRequest],
    *,
    simulate: bool,
    completed: Callable[[Ground], Ground],
    desk: IdentityDesk | None = None,
) -> Source:
    """The sensors' source and, where any companion was asked for, that of the companions beside it.

    `completed` adds to each of their `Ground` entries what the runner knows and they do not. On the computer's own
    Bluetooth they share one scan. `desk`: where the wearer is asked about a stranger of a known name.
    """
    if not requests:
        return source
    if isinstance(source, RadioSource) and not simulate:
        return _Completed(OneRadio(source, CompanionSource(requests, source.radio, desk=desk)), completed)
    radio = _simulated_radio() if simulate else SystemRadio()
    return SideBySide(source, _Completed(CompanionSource(requests, radio, desk=desk), completed))


def _simulated_radio() -> Radio:
    from monitor.simulator.companion_radio import endless_belt
    from monitor.simulator.heart_device import heart_strap
    from monitor.simulator.treadmill_device import foot_pod, treadmill
    from monitor.simulator.world import SimulatedRadio

    return SimulatedRadio([treadmill(script=endless_belt), foot_pod(script=endless_belt), heart_strap()])


@dataclass(frozen=True, slots=True)
class _Completed:
    """A source whose `Ground` entries are completed on their way."""

    source: Source
    completed: Callable[[Ground], Ground]

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        def hand_on(item: SourceItem) -> None:
            sink(self.completed(item) if isinstance(item, Ground) else item)

        self.source.start(hand_on, clock_ns)

    def stop(self) -> None:
        self.source.stop()
