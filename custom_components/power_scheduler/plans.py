"""The newest plan of each device, for as long as Home Assistant runs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, SIGNAL_NEWS
from .core.decision import Plan

PLANS: Final[HassKey[dict[str, Plan]]] = HassKey(f"{DOMAIN}_plans")

NOWHERE: Final = ""
"""Stands for the device, where a task has none."""

KEPT: Final = timedelta(hours=48)
"""How long a plan is worth showing: no horizon is longer."""


async def async_remember(hass: HomeAssistant, plan: Plan, context: Context) -> None:
    """Keep a plan for the cards, unless who asked for it may only look."""
    if context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
        if user is None or not user.permissions.access_all_entities(POLICY_CONTROL):
            return
    plans = hass.data.setdefault(PLANS, {})
    plans.update(dict.fromkeys((*plan.devices, NOWHERE), plan))
    async_dispatcher_send(hass, SIGNAL_NEWS)


@callback
def remembered(hass: HomeAssistant) -> Mapping[str, Plan]:
    """Return the newest plan of each device, by the core's ids."""
    return hass.data.get(PLANS, {})


@callback
def in_force(hass: HomeAssistant) -> Plan | None:
    """Return the newest plan, whose places tasks leave only for better ones."""
    return max(remembered(hass).values(), key=lambda plan: plan.at, default=None)
