"""Makes the demo's configuration folder."""

from datetime import UTC, datetime
import json
import os
from pathlib import Path
import shutil
import socket
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / os.environ.get("POWER_SCHEDULER_DEMO", ".demo")
"""Tests have a home of their own."""

DATABASE: Final = FOLDER / "home-assistant_v2.db"
LOG: Final = FOLDER / "home-assistant.log"
PORT: Final = 8123

_COMPONENTS: Final = (
    ROOT / "custom_components" / "power_scheduler",
    ROOT / "demo" / "custom_components" / "demo_home",
)
_FILES: Final = ("configuration.yaml", "automations.yaml", "scripts.yaml")


def make_folder(port: int) -> None:
    """Write what is missing, and the port, which may change with every start."""
    (FOLDER / ".storage").mkdir(parents=True, exist_ok=True)
    (FOLDER / "custom_components").mkdir(exist_ok=True)
    for component in _COMPONENTS:
        link = FOLDER / "custom_components" / component.name
        if not link.exists():
            link.symlink_to(component)
    for name in _FILES:
        if not (FOLDER / name).exists():
            text = (ROOT / "demo" / "config" / name).read_text()
            (FOLDER / name).write_text(text.replace("@ZONE@", time_zone()))
    _store("http", 3, _http(port), overwrite=True)
    # Onboarding's own steps would look for integrations and want the internet.
    _store("onboarding", 4, {"done": ["core_config", "analytics", "integration"]})
    # Home Assistant has no dashboard at /lovelace by itself, and makes none there.
    dashboard = {
        "id": "lovelace",
        "url_path": "lovelace",
        "title": "Power Scheduler",
        "icon": "mdi:battery-clock",
        "mode": "storage",
        "show_in_sidebar": True,
        "require_admin": False,
    }
    _store("lovelace_dashboards", 1, {"items": [dashboard]})


def remove_folder() -> None:
    """Remove everything, to start over."""
    if FOLDER.exists():
        shutil.rmtree(FOLDER)


def choose_port(wanted: int | None) -> int:
    """Return the wanted port, else Home Assistant's own if it is free, else any.

    Raises:
        OSError: The wanted port is taken.
    """
    for port in (PORT, 0) if wanted is None else (wanted,):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise OSError(f"Port {wanted} of 127.0.0.1 can't be used")


def time_zone() -> str:
    """Return the name of this machine's time zone: the demo's days are its days."""
    name = os.environ.get("TZ") or str(Path("/etc/localtime").resolve())
    name = name.rpartition("zoneinfo/")[2].removeprefix(":")
    return name if "/" in name and not name.startswith("/") else "UTC"


def _http(port: int) -> dict[str, Any]:
    """Return how the server listens: on this machine only.

    In configuration.yaml this would be a trial of five minutes (2026.11).
    """
    return {
        "stable": {
            "server_host": ["127.0.0.1"],
            "server_port": port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "intermediate_v6",
            "use_x_frame_options": True,
            "error": None,
            "error_message": None,
            "created_at": datetime.now(UTC).isoformat(),
        },
        "pending": None,
        "yaml_migration_done": True,
    }


def _store(key: str, version: int, data: Any, *, overwrite: bool = False) -> None:
    """Write one of Home Assistant's own files."""
    path = FOLDER / ".storage" / key
    if overwrite or not path.exists():
        content = {"version": version, "minor_version": 1, "key": key, "data": data}
        path.write_text(json.dumps(content))
