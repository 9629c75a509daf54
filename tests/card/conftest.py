"""What the tests of the cards share."""

from collections.abc import Iterator

from playwright.sync_api import Browser
import pytest

from .browser import browser
from .home import Home, running_home
from .stage import Stage


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run one browser for all tests."""
    with browser() as running:
        yield running


@pytest.fixture
def stage(chromium: Browser) -> Iterator[Stage]:
    """Open a page on which cards stand without Home Assistant."""
    stage = Stage(chromium)
    yield stage
    stage.page.context.close()
    assert stage.complaints == []


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """Run the demo home in a real Home Assistant."""
    with running_home() as home:
        yield home
