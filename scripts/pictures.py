"""The pictures of the documents, taken in a real Home Assistant."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
import json
import sys
from typing import Any, Final
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.card.browser import ROOT, browser
from tests.card.home import Home, running_home
from tests.card.stage import DEVICE, FLEET

FOLDER: Final = ROOT / "docs" / "img"
HOUR: Final = 19
"""The hour of the day in the pictures: then the home has what there is to see."""

PATIENCE: Final = 60_000
"""Milliseconds: the first page loads all of the frontend."""

EDGE: Final = 12
COLOURS: Final = 256
FILM: Final = {
    "id": "film in the hall",
    "type": "streaming",
    "devices": ["Hall tablet"],
    "estimated_duration": "03:00:00",
}
"""What the tablet does not stand until the end."""


def _zone() -> str:
    """Return a time zone in which it is now the wanted hour."""
    east = (HOUR - datetime.now(UTC).hour + 12) % 24 - 12
    # These zones count the other way: Etc/GMT-2 is two hours east.
    return f"Etc/GMT{-east:+d}"


ZONE: Final = _zone()


def plan(home: Home) -> None:
    """Let the home have a plan, as cards show it."""
    night = datetime.now(ZoneInfo(ZONE)).replace(hour=22, minute=0, second=0)
    dishes = {
        "id": "dishwasher",
        "drain": 5.5,
        "devices": ["Home battery"],
        "estimated_duration": "02:00:00",
        "earliest": night.isoformat(),
    }
    home.command(
        "call_service",
        domain="power_scheduler",
        service="optimize",
        service_data={"tasks": [dishes, FILM]},
        return_response=True,
    )


def cards(home: Home, chromium: Browser, name: str) -> None:
    """Photograph both cards, side by side."""
    devices = home.devices()
    battery = {"type": f"custom:{DEVICE}", "device": devices["Home battery"]}
    fleet = {"type": f"custom:{FLEET}", "title": "Batteries", "max_devices": 5}
    columns = [{"type": "grid", "cards": [card]} for card in (fleet, battery)]
    view = {"type": "sections", "max_columns": 2, "sections": columns}
    home.command("lovelace/config/save", url_path="lovelace", config={"views": [view]})
    plan(home)
    scheme = "dark" if name.endswith("dark") else "light"
    page = open_page(home, chromium, "/lovelace/0", 900, color_scheme=scheme)
    both = [page.locator(FLEET).first, page.locator(DEVICE).first]
    for card, text in zip(both, ("film in the hall", "dishwasher"), strict=True):
        expect(card).to_contain_text(text, timeout=PATIENCE)
    shoot(page, name, *both)


def device(home: Home, chromium: Browser, name: str) -> None:
    """Photograph our entities on a device's own page."""
    path = f"/config/devices/device/{home.devices()['Hall tablet']}"
    page = open_page(home, chromium, path, 1100)
    card = page.locator("ha-device-entities-card", has_text="Power state")
    expect(card).to_be_visible(timeout=PATIENCE)
    shoot(page, name, page.locator("ha-device-info-card"), card)


def integration(home: Home, chromium: Browser, name: str) -> None:
    """Photograph the page of the integration."""
    path = "/config/integrations/integration/power_scheduler"
    page = open_page(home, chromium, path, 900, 800)
    expect(page.get_by_text("Hall tablet").first).to_be_visible(timeout=PATIENCE)
    shoot(page, name)


def answer(home: Home, chromium: Browser, name: str) -> None:
    """Photograph an action and its response in the tools."""
    film = {key: value for key, value in FILM.items() if key != "devices"}
    data = {"device": "Hall tablet", "tasks": [film]}
    asked = {"action": "power_scheduler.check", "data": data}
    page = open_page(home, chromium, "/config/developer-tools/action", 1000, 1150)
    for key, value in (("service-data", asked), ("yaml-mode", True)):
        stored = json.dumps([f"panel-dev-action-state-{key}", json.dumps(value)])
        page.evaluate(f"localStorage.setItem(...{stored})")
    page.reload()
    page.get_by_text("Perform action").last.click(timeout=PATIENCE)
    expect(page.get_by_text("Response").first).to_be_visible(timeout=PATIENCE)
    shoot(page, name)


def wizard(home: Home, chromium: Browser, name: str) -> None:
    """Photograph the wizard's list of devices, in a home that has no entry yet."""
    (entry,) = home.command("config_entries/get", domain="power_scheduler")
    home.forget(entry["entry_id"])
    path = "/config/integrations/dashboard/add?domain=power_scheduler"
    page = open_page(home, chromium, path, 600, 1000)
    page.get_by_text("OK", exact=True).click(timeout=PATIENCE)
    page.get_by_text("On this Home Assistant").click(timeout=PATIENCE)
    expect(page.get_by_text("Which devices").first).to_be_visible(timeout=PATIENCE)
    shoot(page, name, page.locator("dialog[open], .mdc-dialog__surface").last)


PICTURES: Final[Mapping[str, Callable[[Home, Browser, str], None]]] = {
    "cards": cards,
    "cards-dark": cards,
    "device": device,
    "integration": integration,
    "answer": answer,
    "wizard": wizard,
}
"""Every picture; the wizard comes last, as it begins anew."""


def open_page(
    home: Home,
    chromium: Browser,
    path: str,
    width: int,
    height: int = 900,
    **context: Any,
) -> Page:
    """Open a page, twice as sharp."""
    viewport = {"width": width, "height": height}
    options = {"viewport": viewport, "device_scale_factor": 2, "timezone_id": ZONE}
    page, _ = home.open(chromium, path, **options, **context)
    return page


def shoot(page: Page, name: str, *around: Locator) -> None:
    """Keep a picture of a page, or of what is around some parts of it."""
    page.wait_for_timeout(2500)
    boxes = [box for part in around if (box := part.bounding_box())]
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, clip=_frame(boxes) if boxes else None)
    page.context.close()
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def _frame(boxes: list[FloatRect]) -> FloatRect:
    """Return what is around some boxes, with a narrow edge."""
    left = min(box["x"] for box in boxes) - EDGE
    top = min(box["y"] for box in boxes) - EDGE
    right = max(box["x"] + box["width"] for box in boxes) + EDGE
    bottom = max(box["y"] + box["height"] for box in boxes) + EDGE
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def main(names: list[str]) -> None:
    """Take the named pictures, or all."""
    with running_home(ZONE) as home, browser() as chromium:
        for name, take in PICTURES.items():
            if not names or name in names:
                take(home, chromium, name)


if __name__ == "__main__":
    main(sys.argv[1:])
