"""A page on which cards stand without Home Assistant."""

from datetime import UTC, datetime
import json
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page

from .browser import HERE, ROOT, listen, open_blank

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DEVICE: Final = "power-scheduler-card"
FLEET: Final = "power-scheduler-fleet-card"


class Stage:
    """Cards with a Home Assistant that tells what a test says, at one moment."""

    def __init__(self, browser: Browser, **context: Any) -> None:
        """Open the page."""
        options = {"timezone_id": "UTC", "locale": "en-GB", **context}
        self.page: Page = browser.new_context(**options).new_page()
        self.complaints = listen(self.page)
        self.page.clock.set_fixed_time(NOW)
        open_blank(self.page, (HERE / "stage.html").read_text("utf-8"))
        self.page.wait_for_function("window.ready")

    def begin(self, *devices: str) -> None:
        """Let the backend know some devices, each a JavaScript expression."""
        self.page.evaluate(f"begin({', '.join(devices)})")

    def tell(self, message: str) -> None:
        """Let the backend tell something, a JavaScript expression."""
        self.page.evaluate(f"connection.tell({message}); drawn()")

    def add(
        self, kind: str = DEVICE, layout: str | None = None, **config: Any
    ) -> Locator:
        """Add a card, and return it once it is drawn."""
        if kind == DEVICE:
            config = {"device": "phone", **config}
        described = json.dumps({"type": f"custom:{kind}", **config})
        self.page.evaluate(f"add({described}, {json.dumps(layout)}); drawn()")
        cards = self.page.locator(kind)
        return cards.nth(cards.count() - 1)

    def violations(self) -> list[str]:
        """Return what axe finds wrong on this page."""
        self.page.evaluate(f"{AXE.read_text('utf-8')};0")
        found = self.page.evaluate("axe.run('main', {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['html'][:150]} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
