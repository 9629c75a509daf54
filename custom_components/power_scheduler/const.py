"""Names that several modules share."""

import logging
from typing import Final

DOMAIN: Final = "power_scheduler"
LOGGER: Final = logging.getLogger(__package__)

SIGNAL_NEWS: Final = f"{DOMAIN}_news"
"""Sent whenever there is something new to show."""

POWER_STATE: Final = "power_state"
"""The key of the entity that stands for a device: it is the first that is made."""

SUBENTRY_DEVICE: Final = "device"
SUBENTRY_PROFILE: Final = "task_profile"

# The entry's data: where history is kept. Secrets live here and nowhere else.
CONF_BACKEND: Final = "backend"
BACKEND_SQLITE: Final = "sqlite"
BACKEND_REDIS: Final = "redis"
CONF_KEY_PREFIX: Final = "key_prefix"
DEFAULT_KEY_PREFIX: Final = "power_scheduler"
CONF_SENTINEL_PASSWORD: Final = "sentinel_password"  # noqa: S105
CONF_CHECK_HOSTNAME: Final = "check_hostname"
CONF_CA: Final = "ca"
"""The home's own certificate authority, as PEM text."""

# The entry's options.
CONF_WINDOW: Final = "prediction_window"
"""How far ahead sensors look, as a duration mapping; also the guard of tasks."""
CONF_LIMITS: Final = "limits"
"""Rows by power state: up_to (%), shares of a device (%), concurrency."""

# A device subentry's data. Entities are kept as registry ids, so that a rename is
# followed, or as entity ids where an entity is in no registry.
CONF_BATTERY: Final = "battery"
CONF_CHARGING: Final = "charging"
CONF_CPU: Final = "cpu"
CONF_MEMORY: Final = "memory"
CONF_NETWORK: Final = "network"
CONF_NETWORK_CAPACITY: Final = "network_capacity"
"""The link's capacity in Mbit/s, for network sensors that give a rate."""
CONF_TIME_TO_EMPTY: Final = "time_to_empty"
CONF_TIME_TO_FULL: Final = "time_to_full"
CONF_RESERVE: Final = "reserve"
CONF_CAPACITY: Final = "capacity"
"""Wh."""
CONF_BOUNDS: Final = "bounds"
"""The upper levels (%) of critical, low and normal, by state."""

# A task profile subentry's data, besides name, cpu, memory and network (% of a device).
CONF_MIN_BATTERY: Final = "min_battery"
CONF_DEFERRABLE: Final = "deferrable"
CONF_DRAIN: Final = "drain"
"""%/h."""
