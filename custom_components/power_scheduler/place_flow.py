"""Choosing where history is kept, at first, anew, and with new credentials."""

from abc import abstractmethod
from asyncio import Task
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PASSWORD
import voluptuous as vol

from .backup import BackupRunningError
from .const import BACKEND_SQLITE, CONF_BACKEND
from .moving import async_move
from .redis_form import (
    EXAMPLE,
    EXAMPLE_TLS,
    RedisRefusedError,
    async_tried,
    credentials_schema,
    flat,
    server_schema,
    shown,
)
from .storage import same_place
from .stores import StoreError

BACKENDS: Final = ["local", "redis"]


class PlaceFlow(ConfigFlow):
    """The part of the flow that asks for the place of history."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._data: dict[str, Any] = {}
        self._moving: Task[None] | None = None
        self._trouble = ""
        self._backup_until = ""

    @abstractmethod
    async def async_step_devices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on once a new entry's place is chosen."""

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where history is kept from now on."""
        return self.async_show_menu(step_id="reconfigure", menu_options=BACKENDS)

    async def async_step_local(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep history beside Home Assistant's own."""
        return await self._keep({CONF_BACKEND: BACKEND_SQLITE})

    async def async_step_redis(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep history on a server, once it does all that is needed."""
        known = self._known
        refusal = None
        if user_input is not None:
            try:
                data = await async_tried(self.hass, flat(user_input), known)
                return await self._keep(data)
            except RedisRefusedError as err:
                refusal = err
        values = user_input or shown(known)
        return self._ask("redis", server_schema(refusal), values, refusal)

    async def async_step_reauth(
        self, _entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Redis does not accept the saved credentials any more."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for credentials that Redis accepts."""
        entry = self._get_reauth_entry()
        schema = credentials_schema(entry.data)
        refusal = None
        if user_input is not None:
            told = {**entry.data, **dict.fromkeys(schema.schema), **user_input}
            try:
                data = await async_tried(self.hass, told, entry.data)
                return self.async_update_and_abort(entry, data=data)
            except RedisRefusedError as err:
                refusal = err
        values = user_input or shown({**entry.data, CONF_PASSWORD: None})
        return self._ask("reauth_confirm", schema, values, refusal)

    async def async_step_move(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Carry the history over, and show how far that is."""
        if self._moving is None:
            entry = self._get_reconfigure_entry()
            self._moving = self.hass.async_create_task(
                async_move(self.hass, entry, self._data, self.async_update_progress)
            )
        if not self._moving.done():
            return self.async_show_progress(
                step_id="move", progress_action="move", progress_task=self._moving
            )
        try:
            await self._moving
        except StoreError as err:
            self._trouble = str(err)
            return self.async_show_progress_done(next_step_id="not_moved")
        except BackupRunningError as err:
            self._backup_until = err.until
            return self.async_show_progress_done(next_step_id="in_backup")
        finally:
            self._moving = None
        return self.async_show_progress_done(next_step_id="moved")

    async def async_step_moved(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that all is in its new place."""
        return self.async_abort(reason="reconfigure_successful")

    async def async_step_not_moved(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do when one of the places is away."""
        return self.async_show_menu(
            step_id="not_moved",
            menu_options=["move", "leave"],
            description_placeholders={"error": self._trouble},
        )

    async def async_step_in_backup(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say until when one of the places is being copied, and offer to try again."""
        return self.async_show_menu(
            step_id="in_backup",
            menu_options=["move"],
            description_placeholders={"until": self._backup_until},
        )

    async def async_step_leave(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on in the new place without what only the old one has."""
        try:
            await async_move(self.hass, self._get_reconfigure_entry(), self._data)
        except StoreError as err:
            self._trouble = str(err)
            return await self.async_step_not_moved()
        except BackupRunningError as err:
            self._backup_until = err.until
            return await self.async_step_in_backup()
        return await self.async_step_moved()

    @property
    def _known(self) -> Mapping[str, Any]:
        """The entry's data before; nothing while it is being set up."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().data
        return {}

    async def _keep(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Go on with the chosen place of history."""
        self._data = data
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_devices()
        entry = self._get_reconfigure_entry()
        if same_place(entry.data, data):
            return self.async_update_and_abort(entry, data=data)
        return await self.async_step_move()

    def _ask(
        self,
        step_id: str,
        schema: vol.Schema,
        values: Mapping[str, Any],
        refusal: RedisRefusedError | None,
    ) -> ConfigFlowResult:
        """Show a form about Redis, with what was wrong with the last one."""
        errors = {}
        if refusal:
            # The form of new credentials has no URL to point to.
            field = refusal.field if refusal.field in schema.schema else "base"
            errors[field] = refusal.key
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={
                "example": EXAMPLE,
                "example_tls": EXAMPLE_TLS,
                "place": refusal.place if refusal else "",
            },
        )
