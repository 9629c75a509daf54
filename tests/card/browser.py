"""A browser for the tests of the cards: whichever Chromium this machine has."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route, sync_playwright

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
CARDS: Final = ROOT / "custom_components" / "power_scheduler" / "www"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

BLANK: Final = "http://cards.test/"
"""The address of a page that is not there: whatever it asks for comes from files."""

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # No test needs the internet.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium() -> str:
    """Return the browser's path."""
    found = (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES))
    return next(path for path in found if path)


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(), args=list(_ARGUMENTS)
        )
        try:
            yield running
        finally:
            running.close()


def listen(page: Page) -> list[str]:
    """Return a list that grows with everything that the browser complains about."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{message.type}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"pageerror: {error}"))
    return complaints


def open_blank(page: Page, html: str) -> None:
    """Open a page with this content, on which modules of the cards can be imported."""

    def fulfil(route: Route) -> None:
        """Answer from files."""
        name = route.request.url.removeprefix(BLANK).rpartition("/")[2]
        content: dict[str, Any] = {"content_type": "text/html", "body": html}
        if name:
            path = next(f / name for f in (CARDS, HERE) if (f / name).exists())
            kind = "text/javascript"
            content = {"content_type": kind, "body": path.read_text("utf-8")}
        route.fulfill(**content)

    page.route(f"{BLANK}**", fulfil)
    page.goto(BLANK)
