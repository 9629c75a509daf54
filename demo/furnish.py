"""Sets up Power Scheduler in the demo home, and asks it for a plan."""

from datetime import datetime, timedelta
from typing import Any, Final

from .client import Client, CommandError
from .dashboard import DOMAIN, arrange, layout

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


async def furnish(client: Client) -> None:
    """Set up the integration as a user would, and lay out the dashboard, once."""
    if not await client.get(f"/api/config/config_entries/entry?domain={DOMAIN}"):
        await _configure(client)
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
        {"id": "photo index", "type": "indexing", "priority": "low"},
        {"id": "doorbell video", "type": "streaming", "devices": ["Hall tablet"]},
    ]
    return await client.act(DOMAIN, "optimize", {"tasks": tasks})


async def _configure(client: Client) -> None:
    """Walk through the integration's wizard, taking what it suggests."""
    path = "/api/config/config_entries/flow"
    step = await client.post(path, {"handler": DOMAIN})
    step = await client.post(f"{path}/{step['flow_id']}", {"next_step_id": "local"})
    suggested = {
        field["name"]: field["default"]
        for field in step["data_schema"]
        if "default" in field
    }
    step = await client.post(f"{path}/{step['flow_id']}", suggested)
    if step["type"] != "create_entry":
        raise CommandError(f"the wizard stopped at {step}")


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
