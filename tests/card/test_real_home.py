"""Both cards in the newest Home Assistant, with the demo's devices."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
import pytest

from .home import Home
from .pictures import keep
from .stage import AXE, DEVICE, FLEET

PATIENCE = 30_000
"""Milliseconds: the first page loads all of the frontend."""

TABLET = "sensor.hall_tablet_battery"


@pytest.fixture(scope="module")
def devices(home: Home) -> dict[str, str]:
    """Return the devices' ids by name."""
    return home.devices()


@pytest.fixture
def cards(home: Home, devices: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Store a dashboard with both cards, and forget it afterwards."""
    kinds = [
        {"type": f"custom:{FLEET}", "title": "Batteries"},
        {"type": f"custom:{DEVICE}", "device": devices["Hall tablet"]},
        {"type": f"custom:{DEVICE}", "device": devices["MacBook Air"]},
    ]
    home.save(*kinds)
    yield kinds
    home.save()


def device_card(page: Page, name: str) -> Locator:
    """Return the drawn card of a device."""
    card = page.locator(DEVICE, has_text=name).first
    expect(card.locator(".level")).to_be_visible(timeout=PATIENCE)
    return card


LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 412, "height": 900},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
    "german": {"locale": "de"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.usefixtures("cards")
def test_the_cards_are_drawn_in_every_look(
    home: Home, chromium: Browser, look: str
) -> None:
    """With no complaint of the browser, nor of axe; the pictures are kept."""
    page, complaints = home.open(chromium, **LOOKS[look])
    card = device_card(page, "Hall tablet")
    expect(page.locator(f"{FLEET} .row")).to_have_count(7)
    expect(card.locator(".plot .past").first).to_be_attached()
    expect(card.locator("li")).to_have_count(1)
    assert card.locator(".plot .future").get_attribute("d")
    word = "jetzt" if look == "german" else "now"
    expect(card.locator(".label.now")).to_have_text(word)
    page.wait_for_timeout(500)
    keep(page, look)
    page.evaluate(f"{AXE.read_text('utf-8')};0")
    # Home Assistant's page has no landmarks that cards could lie in.
    options = "{resultTypes: ['violations'], rules: {region: {enabled: false}}}"
    found = page.evaluate(f"axe.run({options})")
    ours = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if "power-scheduler" in str(node["target"])
    ]
    assert ours == []
    assert complaints == []
    page.context.close()


@pytest.mark.usefixtures("cards")
def test_they_follow_a_device_live_away_and_back(
    home: Home, chromium: Browser, devices: dict[str, str]
) -> None:
    """A reading is seen in seconds; a silent source is shown as such."""
    assert devices["Hall tablet"]
    page, complaints = home.open(chromium)
    level = device_card(page, "Hall tablet").locator(".level")
    for state, shown in (("41", "41%"), ("unavailable", "–"), ("40", "40%")):
        home.set_state(TABLET, state)
        expect(level).to_have_text(shown, timeout=15_000)
    assert complaints == []
    page.context.close()


def test_a_card_is_added_from_the_picker_and_edited(
    home: Home, chromium: Browser, devices: dict[str, str]
) -> None:
    """It is suggested for our own entity; its editor is Home Assistant's form."""
    home.save({"type": "heading", "heading": "Cards"})
    page, _ = home.open(chromium, "/lovelace/0?edit=1")
    page.locator("hui-grid-section .add").first.click(timeout=PATIENCE)
    dialog = page.locator("hui-dialog-create-card")
    dialog.locator("input:visible").first.fill("Hall tablet Power state")
    dialog.get_by_text("Power state", exact=True).first.click()
    suggestion = dialog.locator(DEVICE)
    expect(suggestion.locator(".name")).to_have_text("Hall tablet", timeout=PATIENCE)
    dialog.get_by_text("By card").click()
    dialog.locator("input:visible").first.fill("Power Scheduler")
    offers = dialog.locator(".card:visible").filter(has_text="Power Scheduler: ")
    expect(offers).to_have_count(2)
    offers.filter(has_text="Power Scheduler: device").locator(".overlay").click()
    editor = page.locator("hui-dialog-edit-card")
    expect(editor.locator(f"{DEVICE} .level")).to_be_visible(timeout=PATIENCE)
    editor.locator("ha-selector-text input").fill("In the hall")
    expect(editor.locator(f"{DEVICE} .name")).to_have_text("In the hall")
    editor.locator("ha-selector-number input").first.fill("3")
    editor.get_by_text("Save", exact=True).click()
    expect(page.locator("hui-view").locator(DEVICE)).to_contain_text("In the hall")
    page.context.close()
    (_, card) = home.config()["views"][0]["sections"][0]["cards"]
    assert card["device"] in devices.values()
    assert (card["name"], card["hours_back"]) == ("In the hall", 3)


def test_a_dashboard_in_yaml_needs_no_resource(home: Home, chromium: Browser) -> None:
    """And may name a device as people do."""
    page, complaints = home.open(chromium, "/yaml-cards/0")
    expect(device_card(page, "Hall tablet").locator(".name")).to_have_text(
        "Hall tablet"
    )
    expect(page.locator(f"{FLEET} h2")).to_have_text("All of them")
    assert complaints == []
    page.context.close()


def test_rows_count_where_home_assistant_has_rows(
    home: Home, chromium: Browser, devices: dict[str, str]
) -> None:
    """In a section; a card that was moved elsewhere keeps them in its configuration."""
    card = {
        "type": f"custom:{DEVICE}",
        "device": devices["Hall tablet"],
        "grid_options": {"rows": 3},
    }
    sections = [{"type": "grid", "cards": [card]}]
    views = [
        {"type": "sections", "sections": sections},
        {"type": "masonry", "cards": [card]},
    ]
    home.command("lovelace/config/save", url_path="lovelace", config={"views": views})
    for view, (least, most) in enumerate(((184, 184), (250, 400))):
        page, complaints = home.open(chromium, f"/lovelace/{view}")
        box = device_card(page, "Hall tablet").bounding_box()
        assert box is not None
        assert least <= box["height"] <= most
        assert complaints == []
        page.context.close()


def test_thirty_cards_are_no_burden(
    home: Home, chromium: Browser, devices: dict[str, str]
) -> None:
    """All are drawn, each with its chart."""
    ids = [*devices.values()] * 5
    home.save(*({"type": f"custom:{DEVICE}", "device": i} for i in ids[:30]))
    page, complaints = home.open(chromium)
    levels = page.locator(f"{DEVICE} .level:not(:empty)")
    expect(levels).to_have_count(30, timeout=PATIENCE)
    expect(page.locator(f"{DEVICE} .plot .past[d^=M]").nth(29)).to_be_attached()
    assert complaints == []
    page.context.close()


@pytest.mark.usefixtures("cards")
def test_they_outlive_a_restart_of_home_assistant(
    home: Home, chromium: Browser
) -> None:
    """The open page goes on by itself, once the integration is back."""
    page, _ = home.open(chromium)
    level = device_card(page, "Hall tablet").locator(".level")
    home.restart()
    home.set_state(TABLET, "33")
    expect(level).to_have_text("33%", timeout=PATIENCE)
    expect(page.locator(f"{DEVICE} .notice:visible")).to_have_count(0)
    page.context.close()
