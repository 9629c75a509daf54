"""The demo home's set-up: the line in configuration.yaml is all it takes."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

DOMAIN: Final = "demo_home"


class DemoHomeFlow(ConfigFlow, domain=DOMAIN):
    """Makes the one entry."""

    async def async_step_import(self, _: dict[str, Any]) -> ConfigFlowResult:
        """Make the entry, once."""
        return self.async_create_entry(title="Demo home", data={})
