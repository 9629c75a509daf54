"""What entities show, compared in a thread: most of it stays as it is."""

from asyncio import sleep
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .core.snapshot import Snapshot

OF_ALL: Final = None
"""In place of a device's id: what shows something of all devices."""


WRITES: Final = 100
"""How many states are written before the event loop may do something else."""


class View(Protocol):
    """Shows something of one device, or of all."""

    subject: str | None
    """The id of the device, or OF_ALL."""

    def renew(self, snapshot: Snapshot) -> bool:
        """Say whether it has something new to show; this may run in a thread."""

    @callback
    def async_write_ha_state(self) -> None:
        """Show it."""


class Views:
    """All views, by what they show."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Start with none."""
        self._hass = hass
        self._entry = entry
        self._views: dict[str | None, list[View]] = {}

    def __iter__(self) -> Iterator[View]:
        """Iterate over all."""
        for views in self._views.values():
            yield from views

    @callback
    def add(self, view: View) -> CALLBACK_TYPE:
        """Add a view, and return what removes it."""
        views = self._views.setdefault(view.subject, [])
        views.append(view)

        @callback
        def remove() -> None:
            """Remove the view."""
            views.remove(view)

        return remove

    def renewed(self, snapshot: Snapshot, device_ids: Iterable[str]) -> list[View]:
        """Return what shows something else, now that some devices were looked at."""
        return [
            view
            for subject in (*device_ids, OF_ALL)
            for view in tuple(self._views.get(subject, ()))
            if view.renew(snapshot)
        ]

    @callback
    def show(self, views: Sequence[View]) -> None:
        """Let views show what is new: the first at once, then the others."""
        slices = batched(views, WRITES, strict=False)
        self._write(next(slices, ()))
        if len(views) > WRITES:
            self._entry.async_create_task(self._hass, self._async_write(slices))

    async def _async_write(self, slices: Iterable[Iterable[View]]) -> None:
        """Write states without holding up the event loop."""
        for views in slices:
            await sleep(0)
            self._write(views)

    @callback
    def _write(self, views: Iterable[View]) -> None:
        """Write the states of views, if they are still there."""
        for view in views:
            if view in self._views.get(view.subject, ()):
                view.async_write_ha_state()
