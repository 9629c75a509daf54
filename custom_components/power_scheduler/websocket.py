"""The WebSocket command that cards live on: power_scheduler/subscribe."""

from functools import partial
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN, LOGGER, SIGNAL_NEWS
from .coordinator import PowerCoordinator
from .directory import Directory
from .display import Display
from .frontend import VERSION
from .sentences import Sentences, async_get_sentences

GATHER: Final = 0.5
"""Seconds that news is gathered for."""


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the command, once for as long as Home Assistant runs."""
    websocket_api.async_register_command(hass, _handle_subscribe)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe",
        vol.Optional("device"): str,
        vol.Optional("language"): str,
    }
)
@callback
def _handle_subscribe(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell what cards show, now and whenever it changes; anyone may look.

    `device` is a name or an id of the one device to tell of; without it all are.
    The first event tells everything, each later one what is new: whole devices,
    null for one that is gone.
    """
    feed = Feed(hass, connection, msg)
    connection.subscriptions[msg["id"]] = feed.close
    connection.send_result(msg["id"])
    feed.open()


class Feed:
    """Tells one subscriber, across all that the entry goes through."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: websocket_api.ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        """Start with nothing told."""
        self._hass = hass
        self._connection = connection
        self._id: int = msg["id"]
        self._wanted: str | None = msg.get("device")
        self._language: str | None = msg.get("language")
        self._closed = False
        self._is_behind = False
        self._told: dict[str, Any] = {}
        self._devices: dict[str, JsonObjectType] = {}
        self._news = Debouncer(
            hass,
            LOGGER,
            cooldown=GATHER,
            immediate=True,
            function=self._async_tell,
            background=True,
        )
        self._closers = (
            async_dispatcher_connect(hass, SIGNAL_NEWS, self._handle_news),
            async_dispatcher_connect(
                hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._handle_entry
            ),
            self._news.async_shutdown,
        )

    @callback
    def open(self) -> None:
        """Tell everything."""
        self._news.async_schedule_call()

    @callback
    def close(self) -> None:
        """Tell nothing any more."""
        self._closed = True
        for closer in self._closers:
            closer()

    @callback
    def _handle_news(self) -> None:
        """Tell what is new, soon."""
        self._is_behind = True
        self._news.async_schedule_call()

    @callback
    def _handle_entry(self, _: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        """Tell when the integration comes or goes."""
        if entry.domain == DOMAIN:
            self._handle_news()

    async def _async_tell(self) -> None:
        """Tell what differs from what was told; what comes meanwhile is told next."""
        self._is_behind = False
        message, devices = await self._async_look()
        if self._closed:
            return
        if self._is_behind:
            self._news.async_schedule_call()
        news = {k: v for k, v in message.items() if self._told.get(k, ...) != v}
        changed: dict[str, JsonObjectType | None] = {
            device_id: body
            for device_id, body in devices.items()
            if self._devices.get(device_id) != body
        }
        changed |= dict.fromkeys(self._devices.keys() - devices.keys())
        if changed or not self._told:
            news["devices"] = changed
        if not self._told:
            news["first"] = True
        self._told, self._devices = message, devices
        if news:
            self._connection.send_event(self._id, news)

    async def _async_look(self) -> tuple[dict[str, Any], dict[str, JsonObjectType]]:
        """Return what there is to tell, of all and of each device."""
        version = self._hass.data.get(VERSION)
        coordinator = self._coordinator()
        if coordinator is None:
            # What was shown stays, greyed out, while the integration is set up again.
            return {**self._told, "version": version, "loaded": False}, self._devices
        directory = Directory.of(self._hass, coordinator)
        sentences = await async_get_sentences(
            self._hass, directory.names, self._language
        )
        describe = partial(self._describe, coordinator, directory, sentences)
        message, devices = await self._hass.async_add_executor_job(describe)
        return {"version": version, "loaded": True, **message}, devices

    def _describe(
        self, coordinator: PowerCoordinator, directory: Directory, sentences: Sentences
    ) -> tuple[dict[str, Any], dict[str, JsonObjectType]]:
        """Return what there is to tell while the integration runs; this takes time."""
        wanted = self._ids(coordinator, directory)
        pictures = coordinator.pictures.of(coordinator.data, wanted)
        display = Display(coordinator, directory, pictures, sentences)
        message: dict[str, Any] = {}
        if self._wanted is None:
            message |= {"order": display.order(), "others": display.tasks()}
        return message, {i: display.device(i) for i in pictures}

    def _ids(self, coordinator: PowerCoordinator, directory: Directory) -> list[str]:
        """Return the core's ids of the devices to tell of."""
        if self._wanted is None:
            return list(coordinator.data.devices)
        wanted = directory.find(self._wanted)
        return [wanted] if wanted else []

    def _coordinator(self) -> PowerCoordinator | None:
        """Return the coordinator, while the integration runs."""
        entries = self._hass.config_entries.async_loaded_entries(DOMAIN)
        coordinator: PowerCoordinator | None = (
            entries[0].runtime_data if entries else None
        )
        return coordinator
