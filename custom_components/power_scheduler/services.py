"""The actions: check, optimize and forecast."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from . import schema
from .const import DOMAIN, LOGGER
from .coordinator import PowerCoordinator, PowerSchedulerConfigEntry
from .core.plan import check, optimize
from .core.snapshot import DevicePower
from .decision_log import logged
from .directory import Directory
from .parsing import read_check, read_optimize
from .plans import async_remember, in_force
from .responses import Responses, moment, number, outlook
from .sentences import async_get_sentences
from .signals import read_signal
from .stopwatch import Stopwatch
from .stores import JsonObject

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]

CURVE_STEP: Final = timedelta(minutes=15)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; they start and set nothing, so all may call them."""
    handlers: dict[str, Handler] = {
        "check": _async_check,
        "optimize": _async_optimize,
        "forecast": _async_forecast,
    }
    for name, handler in handlers.items():
        hass.services.async_register(
            DOMAIN, name, handler, supports_response=SupportsResponse.ONLY
        )


def _coordinator(hass: HomeAssistant) -> PowerCoordinator:
    """Return the coordinator of the one entry, or raise what is wrong with it."""
    entry: PowerSchedulerConfigEntry = service.async_get_config_entry(
        hass, DOMAIN, None
    )
    return entry.runtime_data


def _log(coordinator: PowerCoordinator, decisions: Iterable[JsonObject]) -> None:
    """Log decisions where they are kept now: all may have been set up again."""
    loaded = coordinator.hass.config_entries.async_loaded_entries(DOMAIN)
    now: PowerCoordinator = loaded[0].runtime_data if loaded else coordinator
    now.history.log(decisions)


async def _async_responses(
    hass: HomeAssistant, coordinator: PowerCoordinator, directory: Directory
) -> Responses:
    """Return what makes responses."""
    sources = {d.id: d.sources for d in coordinator.devices.values()}
    return Responses(
        directory, sources, await async_get_sentences(hass, directory.names)
    )


async def _async_check(call: ServiceCall) -> ServiceResponse:
    """Say of each task whether it may run now on a device."""
    coordinator = _coordinator(call.hass)
    data = schema.validate(schema.CHECK, call.data, "device", "tasks")
    directory = Directory.of(call.hass, coordinator)
    request = read_check(data, directory, coordinator.profiles, coordinator.window)
    snapshot = await coordinator.async_question(call.service, request)
    decisions = await call.hass.async_add_executor_job(check, request, snapshot)
    _log(coordinator, logged(call.service, request, snapshot.at, decisions))
    responses = await _async_responses(call.hass, coordinator, directory)
    device_id = request.devices[0]
    return {
        **responses.power(device_id, snapshot.devices[device_id]),
        **responses.decisions(decisions),
    }


async def _async_optimize(call: ServiceCall) -> ServiceResponse:
    """Find the best plan for all tasks."""
    coordinator = _coordinator(call.hass)
    data = schema.validate(schema.OPTIMIZE, call.data, "tasks")
    directory = Directory.of(call.hass, coordinator)
    request = read_optimize(
        data,
        directory,
        coordinator.profiles,
        coordinator.window,
        read_signal(call.hass, data),
    )
    request = replace(request, last=in_force(call.hass, request.devices))
    snapshot = await coordinator.async_question(call.service, request)
    plan = await call.hass.async_add_executor_job(
        optimize, request, snapshot, Stopwatch()
    )
    if not plan.verified:
        LOGGER.error(
            "The best plan found (tasks: %d) broke a rule and was dropped;"
            " please report this with the diagnostics",
            len(request.tasks),
        )
    if "dry_run" not in data:
        await async_remember(call.hass, plan, call.context)
    _log(coordinator, logged(call.service, request, plan.at, plan.decisions))
    responses = await _async_responses(call.hass, coordinator, directory)
    return responses.plan(plan)


async def _async_forecast(call: ServiceCall) -> ServiceResponse:
    """Say where a battery's level goes."""
    coordinator = _coordinator(call.hass)
    data = schema.validate(schema.FORECAST, call.data, "device")
    directory = Directory.of(call.hass, coordinator)
    device_id = directory.require(data["device"], "device")
    now = dt_util.utcnow().replace(microsecond=0)
    snapshot = await coordinator.async_snapshot(now)
    power = snapshot.devices[device_id]
    at = _target(data, snapshot.at, coordinator.window)
    reserve = data.get("reserve", power.settings.reserve)
    answer = partial(
        _forecast, power, snapshot.at, at, reserve, curve=data.get("curve", False)
    )
    responses = await _async_responses(call.hass, coordinator, directory)
    return {
        **responses.power(device_id, power),
        "level_now": number(power.level),
        **await call.hass.async_add_executor_job(answer),
    }


def _target(data: Mapping[str, Any], now: datetime, window: timedelta) -> datetime:
    """Return the moment that a forecast is asked for.

    Raises:
        ServiceValidationError: Both ways are used, or the moment can't be forecast.
    """
    if "at" not in data:
        ahead: timedelta = data.get("duration", window)
        return now + ahead
    at: datetime = data["at"]
    if "duration" in data:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="duration_and_at"
        )
    if not now < at <= now + schema.LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="moment_out_of_range",
            translation_placeholders={"field": "at", "value": str(moment(at))},
        )
    return at


def _forecast(
    power: DevicePower, now: datetime, at: datetime, reserve: float, *, curve: bool
) -> JsonObjectType:
    """Return where a battery's level goes; unknown where nothing is known."""
    forecast = power.forecast

    def look(then: datetime) -> JsonObjectType:
        """Return the level's outlook at a moment."""
        result = forecast.outlook(then - now, reserve) if forecast else None
        return outlook(then, result)

    answer: JsonObjectType = {
        **look(at),
        "reserve": reserve,
        "rate": number(power.rate, 2),
        "empty_at": moment(power.empty_at),
        "full_at": moment(power.full_at),
        "basis": power.basis,
    }
    if curve:
        steps = -(-(at - now) // CURVE_STEP)
        answer["curve"] = [
            look(min(now + k * CURVE_STEP, at)) for k in range(steps + 1)
        ]
    return answer
