"""Several sources on one radio, in one thread with one event loop: they share its scan and take turns at connecting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from monitor.sources.ble_errors import plain_reason
from monitor.sources.radio import RadioBackends
from monitor.sources.radio_source import Outlet, RadioSource
from monitor.values import LinkChange, LinkState

_log = logging.getLogger(__name__)


class OneRadio(RadioSource):
    """`monitor.sources.base.Source` of all items of its sources, which must have been made for the same radio.

    The sources themselves are not started. A fault in one of them ends that one alone: its devices are reported
    stopped, with the reason. Raises ValueError for sources of several radios, or two that look after the same device.
    """

    def __init__(self, first: RadioSource, *others: RadioSource) -> None:
        self._sources = (first, *others)
        if any(source.radio is not first.radio for source in others):
            raise ValueError("these sources are of different radios")
        keys = [key for source in self._sources for key in source.keys]
        if len(set(keys)) != len(keys):
            raise ValueError("two sources look after the same device")
        super().__init__(keys, first.radio, first.timing, "bluetooth")

    async def _serve(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        tasks = [asyncio.create_task(self._serve_one(source, backends, outlet, clock_ns)) for source in self._sources]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _serve_one(
        self, source: RadioSource, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]
    ) -> None:
        try:
            await source.serve(backends, outlet, clock_ns)
        except Exception as error:
            _log.exception("looking after %s failed", ", ".join(source.keys))
            for key in source.keys:
                outlet.put(partial(LinkChange, key, state=LinkState.STOPPED, why=plain_reason(error)))
