"""The actions that write all history to a file, and read it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .backup import async_refuse_while_copied
from .const import DOMAIN
from .coordinator import PowerSchedulerConfigEntry
from .stores import StoreError
from .stores.history_file import HistoryFileError, export_history, import_history

ATTR_PATH: Final = "path"
_SCHEMA: Final = vol.Schema({vol.Required(ATTR_PATH): cv.string})


@callback
def async_setup_history_actions(hass: HomeAssistant) -> None:
    """Register the actions; files are for administrators only."""
    handlers = {"export_history": _async_export, "import_history": _async_import}
    for name, handler in handlers.items():
        service.async_register_admin_service(
            hass, DOMAIN, name, handler, _SCHEMA, SupportsResponse.OPTIONAL
        )


async def _async_export(call: ServiceCall) -> ServiceResponse:
    """Write all history to a file; what waits to be saved is saved first."""
    hass, coordinator = call.hass, _entry(call.hass).runtime_data
    history = coordinator.history
    path = Path(hass.config.path(call.data[ATTR_PATH]))
    await hass.async_add_executor_job(partial(_check, hass, path, public=False))
    await coordinator.async_save()
    # What is new can't be saved, and so would be left out.
    async_refuse_while_copied(hass, history.store)
    async with history.saving:
        with _explained():
            history.refuse_after_end()
            if history.away:
                raise StoreError("it does not take what is new")
            samples = await export_history(
                history.store, path, hass.async_add_executor_job, _in_silence
            )
    return {"samples": samples}


async def _async_import(call: ServiceCall) -> ServiceResponse:
    """Add what a file holds to the history, and begin anew with that."""
    hass, entry = call.hass, _entry(call.hass)
    history = entry.runtime_data.history
    path = Path(hass.config.path(call.data[ATTR_PATH]))
    await hass.async_add_executor_job(partial(_check, hass, path))
    async_refuse_while_copied(hass, history.store)

    def note(_: float) -> None:
        """Note that the store has what is not read, even if the import breaks off."""
        history.unread = True

    async with history.saving:
        with _explained():
            history.refuse_after_end()
            samples = await import_history(
                path, history.store, hass.async_add_executor_job, note
            )
    hass.config_entries.async_schedule_reload(entry.entry_id)
    return {"samples": samples}


def _entry(hass: HomeAssistant) -> PowerSchedulerConfigEntry:
    """Return the one entry, or raise what is wrong with it."""
    entry: PowerSchedulerConfigEntry = service.async_get_config_entry(
        hass, DOMAIN, None
    )
    return entry


def _check(hass: HomeAssistant, path: Path, *, public: bool = True) -> None:
    """Refuse what Home Assistant may not touch, and what everybody could read.

    Raises:
        ServiceValidationError: It is such a path.
    """
    try:
        key = _fault(hass, path, public=public)
    except ValueError:  # A null character, for one, is in no path.
        key = "path_not_allowed"
    if key:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"path": str(path)},
        )


def _fault(hass: HomeAssistant, path: Path, *, public: bool) -> str | None:
    """Return what is wrong with the path of a file, if anything is."""
    if not hass.config.is_allowed_path(str(path)):
        return "path_not_allowed"
    www = Path(hass.config.path("www")).resolve()
    served = path.resolve().is_relative_to(www)
    return "path_public" if served and not public else None


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what can go wrong into errors that are shown.

    Raises:
        HomeAssistantError: The file or the store can't be used.
    """
    try:
        yield
    except HistoryFileError as err:
        raise _failure("file_failed", err) from err
    except StoreError as err:
        raise _failure("store_failed", err) from err


def _failure(key: str, err: Exception) -> HomeAssistantError:
    """Return an error that says what went wrong."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"error": str(err)},
    )


def _in_silence(_: float) -> None:
    """Show no progress: an action has nowhere to."""
