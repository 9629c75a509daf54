"""The newest plan of each device, which outlasts a restart of Home Assistant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER, SIGNAL_NEWS
from .core.decision import Plan
from .packing import UNREADABLE, pack, unpack

KEY: Final = f"{DOMAIN}.plans"
VERSION: Final = 1
SAVE_DELAY: Final = 10
"""Seconds in which plans are gathered to be written once."""

NOWHERE: Final = ""
"""Stands for the device, where a task has none."""

KEPT: Final = timedelta(hours=48)
"""How long a plan is worth showing: no horizon is longer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan, and the devices whose newest one it is."""

    plan: Plan
    devices: tuple[str, ...]


class Plans:
    """The newest plan of each device, and the file that keeps them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no plan."""
        self._hass = hass
        self._store: Store[list[Any]] = Store(
            hass,
            VERSION,
            KEY,
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=False,
        )
        self.newest: Mapping[str, Plan] = {}

    async def load(self) -> None:
        """Read the plans of the last run; what can't be read is no plan."""
        try:
            rows = await self._store.async_load() or []
            read = partial(_read, rows, dt_util.utcnow())
            self.newest = await self._hass.async_add_executor_job(read)
        except (HomeAssistantError, NotImplementedError, *UNREADABLE) as err:
            LOGGER.warning("The last plan can't be read and is forgotten: %s", err)

    def add(self, plan: Plan) -> None:
        """Keep a plan of some devices in place of theirs so far."""
        newest = {**self.newest, **dict.fromkeys((*plan.devices, NOWHERE), plan)}
        self.newest = newest
        self._store.async_delay_save(partial(_written, newest), SAVE_DELAY)

    async def erase(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


PLANS: Final[HassKey[Plans]] = HassKey(f"{DOMAIN}_plans")


async def async_setup_plans(hass: HomeAssistant) -> None:
    """Read what was planned before Home Assistant started, once."""
    if PLANS not in hass.data:
        hass.data[PLANS] = plans = Plans(hass)
        await plans.load()


async def async_forget_plans(hass: HomeAssistant) -> None:
    """Leave no plan behind."""
    await hass.data.pop(PLANS, Plans(hass)).erase()


async def async_remember(hass: HomeAssistant, plan: Plan, context: Context) -> None:
    """Keep a plan for the cards, unless who asked for it may only look."""
    if context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
        if user is None or not user.permissions.access_all_entities(POLICY_CONTROL):
            return
    if (plans := hass.data.get(PLANS)) is not None:
        plans.add(plan)
        async_dispatcher_send(hass, SIGNAL_NEWS)


@callback
def remembered(hass: HomeAssistant) -> Mapping[str, Plan]:
    """Return the newest plan of each device, by the core's ids."""
    plans = hass.data.get(PLANS)
    return plans.newest if plans is not None else {}


@callback
def in_force(hass: HomeAssistant, devices: Iterable[str]) -> Plan | None:
    """Return the places on some devices that tasks leave only for better ones.

    They come from the newest plan of each device, and the newest tells of a task.
    """
    newest = remembered(hass)
    own = {device: newest[device] for device in devices if device in newest}
    once = {id(plan): plan for plan in own.values()}
    plans = sorted(once.values(), key=lambda plan: plan.at)
    if not plans:
        return None
    decisions = {
        decision.task: decision
        for plan in plans
        for decision in plan.decisions
        if own.get(decision.device or NOWHERE) is plan
    }
    return replace(plans[-1], decisions=tuple(decisions.values()))


def _written(newest: Mapping[str, Plan]) -> list[Any]:
    """Return plans as JSON can carry them, each of them once."""
    plans = {id(plan): plan for plan in newest.values()}
    return [
        pack(Kept(plan, tuple(name for name, own in newest.items() if own is plan)))
        for plan in plans.values()
    ]


def _read(rows: list[Any], now: datetime) -> dict[str, Plan]:
    """Return the plans that are not too old, without what is over in them."""
    newest: dict[str, Plan] = {}
    for row in rows:
        kept: Kept = unpack(Kept, row)
        if now - kept.plan.at <= KEPT:
            ahead = (d for d in kept.plan.decisions if d.end is None or d.end > now)
            plan = replace(kept.plan, decisions=tuple(ahead))
            newest |= dict.fromkeys(kept.devices, plan)
    return newest
