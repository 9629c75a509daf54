"""What all tests share."""

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load this integration, in the tests that run one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")
