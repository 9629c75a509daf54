"""Sets up Power Scheduler in the demo home, and asks it for a plan."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from .client import Client, CommandError
from .dashboard import DOMAIN, arrange, layout

ENTRIES: Final = f"/api/config/config_entries/entry?domain={DOMAIN}"

ORDER: Final = [
    "power_state",
    "trend",
    "forecast_level",
    "power_availability",
    "runs_out_at",
    "full_at",
    "charging",
    "power_source",
]

USAGE: Final[dict[str, dict[str, Any]]] = {
    "UPS": {
        "cpu": "sensor.nas_cpu_utilization_total",
        "memory": "sensor.nas_memory_usage_real",
    },
    "MacBook Air": {
        "cpu": "sensor.macbook_air_load",
        "network": "sensor.macbook_air_network_download_rate",
        "network_capacity": 100,
    },
}
"""What the wizard cannot know: the UPS feeds the NAS, and how fast the link is."""


async def furnish(client: Client) -> None:
    """Set up the integration as a user would, and lay out the dashboard, once."""
    if not await client.get(ENTRIES):
        await _configure(client)
    await _wait_until_loaded(client)
    try:
        await client.command("lovelace/config", url_path="lovelace")
    except CommandError:
        await _lay_out(client)


async def plan(client: Client) -> Any:
    """Return a real plan for a few tasks of this home."""
    tomorrow = datetime.now().astimezone() + timedelta(days=1)
    morning = tomorrow.replace(hour=7, minute=0, second=0, microsecond=0)
    tasks = [
        {
            "id": "photo backup",
            "type": "backup",
            "devices": ["Pixel 8"],
            "estimated_duration": "00:30:00",
            "priority": "high",
        },
        {
            "id": "laptop backup",
            "type": "backup",
            "devices": ["MacBook Air"],
            "estimated_duration": "02:00:00",
            "deadline": morning.isoformat(),
        },
        {
            "id": "music sync",
            "type": "sync",
            "devices": ["Pixel 8", "iPhone"],
            "estimated_duration": "00:20:00",
        },
        {
            "id": "NAS scrub",
            "type": "indexing",
            "devices": ["UPS"],
            "estimated_duration": "03:00:00",
            "priority": "low",
            "requires_power": True,
        },
        {
            "id": "photo index",
            "type": "indexing",
            "devices": ["Pixel 8"],
            "after": ["photo backup"],
        },
        {
            "id": "film in the hall",
            "type": "streaming",
            "devices": ["Hall tablet"],
            "estimated_duration": "03:00:00",
        },
    ]
    return await client.act(DOMAIN, "optimize", {"tasks": tasks})


async def _configure(client: Client) -> None:
    """Walk through the integration's wizard, taking what it suggests."""
    path = "/api/config/config_entries/flow"
    step = await client.post(path, {"handler": DOMAIN})
    step = await client.post(f"{path}/{step['flow_id']}", {"next_step_id": "local"})
    done = await client.post(
        f"{path}/{step['flow_id']}", _suggested(step["data_schema"])
    )
    if done["type"] != "create_entry":
        raise CommandError(f"the wizard stopped at {done}")
    entry_id = done["result"]["entry_id"]
    for subentry in await client.command(
        "config_entries/subentries/list", entry_id=entry_id
    ):
        if usage := USAGE.get(subentry["title"]):
            await _add_usage(client, entry_id, subentry["subentry_id"], usage)
            # A changed device makes the integration load again, one by one.
            await _wait_until_loaded(client)


async def _wait_until_loaded(client: Client) -> None:
    """Wait until the integration runs."""
    for _ in range(100):
        (entry,) = await client.get(ENTRIES)
        if entry["state"] == "loaded":
            return
        await asyncio.sleep(0.1)
    raise CommandError(f"{DOMAIN} is in state {entry['state']}: {entry['reason']}")


async def _add_usage(
    client: Client, entry_id: str, subentry_id: str, usage: dict[str, Any]
) -> None:
    """Reconfigure a device: say what tells the use of its resources."""
    path = "/api/config/config_entries/subentries/flow"
    begin = {"handler": [entry_id, "device"], "subentry_id": subentry_id}
    step = await client.post(path, begin)
    answer = _suggested(step["data_schema"])
    answer["usage"] = answer.get("usage", {}) | usage
    done = await client.post(f"{path}/{step['flow_id']}", answer)
    if done.get("reason") != "reconfigure_successful":
        raise CommandError(f"the device was not changed: {done}")


def _suggested(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a form suggests for its fields; a section has fields itself."""
    found: dict[str, Any] = {}
    for field in fields:
        described = field.get("description") or {}
        if field.get("type") == "expandable":
            found[field["name"]] = _suggested(field["schema"])
        elif "suggested_value" in described:
            found[field["name"]] = described["suggested_value"]
        elif "default" in field:
            found[field["name"]] = field["default"]
    return found


async def _lay_out(client: Client) -> None:
    """Store the dashboard."""
    shown = arrange(
        await client.command("config/entity_registry/list"),
        await client.command("config/device_registry/list"),
        await client.command("get_states"),
        ORDER,
    )
    await client.command(
        "lovelace/config/save", url_path="lovelace", config=layout(shown)
    )
