"""Watches from inside what the event loop waits for: a part of the bench."""

import asyncio
from asyncio import events
import gc
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "loop_watch"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

TICK: Final = 0.001
"""How often (s) the event loop is asked whether it is free."""

EVERYTHING: Final = 2
"""The oldest generation of Python's garbage collection, which looks at everything."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:  # noqa: ARG001 - Home Assistant hands it over
    """Watch from now on, and tell it to whoever asks."""
    watch = Watch()
    watch.begin()
    hass.async_create_background_task(watch.tick(), DOMAIN)

    async def tell(_: ServiceCall) -> dict[str, Any]:
        """Tell the worst since the last time that somebody asked."""
        return watch.told()

    only = SupportsResponse.ONLY
    hass.services.async_register(DOMAIN, "tell", tell, supports_response=only)
    return True


class Watch:
    """The worst of some time, in milliseconds."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.late = 0.0
        """How late the event loop was, whatever held it up."""

        self.callback = 0.0
        """The processor's time of a callback."""

        self.lasted = 0.0
        """The time of a callback by the clock, with what other threads took of it."""

        self.collected = 0.0
        """The processor's time of a collection of everything."""

        self._collection = 0.0

    def told(self) -> dict[str, Any]:
        """Return the worst, and start anew."""
        worst = {
            "late": self.late,
            "callback": self.callback,
            "lasted": self.lasted,
            "collected": self.collected,
        }
        self.late = self.callback = self.lasted = self.collected = 0.0
        return worst

    async def tick(self) -> None:
        """Look again and again how late the event loop is."""
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.late = max(self.late, 1e3 * (time.perf_counter() - due))

    def begin(self) -> None:
        """Follow all that the event loop runs, and all collections."""
        run = events.Handle._run  # noqa: SLF001

        def timed(handle: events.Handle) -> None:
            """Run one callback."""
            busy, clock = time.thread_time(), time.perf_counter()
            run(handle)
            self.callback = max(self.callback, 1e3 * (time.thread_time() - busy))
            self.lasted = max(self.lasted, 1e3 * (time.perf_counter() - clock))

        events.Handle._run = timed  # type: ignore[assignment, method-assign] # noqa: SLF001
        gc.callbacks.append(self._collect)

    def _collect(self, phase: str, info: dict[str, int]) -> None:
        """Take note of the start or the end of a collection."""
        if info["generation"] < EVERYTHING:
            return
        if phase == "start":
            self._collection = time.thread_time()
        else:
            took = 1e3 * (time.thread_time() - self._collection)
            self.collected = max(self.collected, took)
