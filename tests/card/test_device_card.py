"""The card of one device, in a real browser."""

import re
from typing import Any

from playwright.sync_api import Browser, expect
import pytest

from .stage import Stage

EVIL = "<img src=x onerror=window.hacked=true>"


def test_it_shows_level_state_trend_and_where_that_goes(stage: Stage) -> None:
    """All that one looks for at a glance."""
    stage.begin("phone()")
    card = stage.add()
    expect(card.locator(".name")).to_have_text("Phone")
    expect(card.locator(".level")).to_have_text("60%")
    expect(card.locator(".state")).to_have_text("Optimal · on battery")
    expect(card.locator(".trend")).to_contain_text("falling by 4 %/h")
    expect(card.locator(".prospect .main")).to_have_text(
        "Reserve of 20% expected at 22:00"
    )
    expect(card.locator(".prospect .extra")).to_have_text("20:00 at the earliest")
    for part in ("past", "future", "band", "reserve", "now"):
        assert card.locator(f".plot .{part}").get_attribute("d")


def test_tasks_say_when_or_why_not(stage: Stage) -> None:
    """The sentence is the backend's own; what is too much is counted."""
    stage.begin(
        "phone({planned_at: phone().at - 300, more_tasks: 2, tasks: [task(),"
        " task({id: 'scrub', decision: 'deferred', start: null, end: null,"
        " reasons: ['Phone is at 60 %, and the task needs 70 %.'],"
        " change: 'It would run if the device were plugged in.'}),"
        " task({id: 'a'}), task({id: 'b'})]})"
    )
    card = stage.add(max_tasks=2)
    planned, waits = card.locator("li").all()
    expect(planned).to_contain_text("Planned")
    expect(planned.locator(".times")).to_have_text("13:00 – 14:00 · 56% → 45%")
    expect(waits.locator(".decision")).to_have_text("Waits")
    expect(waits.locator(".why")).to_have_text(
        "Phone is at 60 %, and the task needs 70 %."
        " It would run if the device were plugged in."
    )
    expect(card.locator(".footer")).to_have_text("4 more · Planned 5 minutes ago")
    expect(card.locator(".bar")).to_have_count(3)


def test_text_from_users_is_text(stage: Stage) -> None:
    """Whatever a device, a task or a reason is called."""
    stage.begin(
        f"phone({{name: '{EVIL}', tasks: [task({{id: '{EVIL}', reasons: ['{EVIL}']}}),"
        f" task({{id: '{EVIL}', decision: 'deferred', start: null, end: null,"
        f" change: '{EVIL}'}})]}})"
    )
    card = stage.add()
    fleet = stage.add("power-scheduler-fleet-card", title=EVIL)
    titled = stage.add(name=EVIL)
    lost = stage.add(device=EVIL + "?")
    for name in (card.locator(".name"), titled.locator(".name"), fleet.locator("h2")):
        expect(name).to_have_text(EVIL)
    expect(card.locator(".task").first).to_have_text(EVIL)
    expect(card.locator(".bar")).to_have_text(EVIL)
    expect(card.locator(".why").first).to_have_text(EVIL)
    expect(fleet.locator(".waits")).to_contain_text(EVIL)
    expect(lost.locator(".notice")).to_contain_text(EVIL)
    assert stage.page.locator("img").count() == 0
    assert stage.page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("changes", "level", "state", "says"),
    [
        (
            (
                "level: null, power_state: null, source: null, rate: null,"
                " forecast: [],"
                "history: [], prospect: {kind: 'unknown', at: null, earliest: null}"
            ),
            "–",
            "Unknown",
            "No reading",
        ),
        (
            (
                "stale: true, power_state: null, source: null, rate: null,"
                " forecast: [],"
                "read_at: phone().at - 32400,"
                "prospect: {kind: 'stale', at: null, earliest: null}"
            ),
            "60%",
            "Unknown",
            "Last reading 9 hours ago",
        ),
        (
            (
                "forecast: [], rate: null,"
                "prospect: {kind: 'learning', at: null, earliest: null}"
            ),
            "60%",
            "Optimal · on battery",
            "Learning how this battery behaves",
        ),
        (
            (
                "basis: 'population', rate: 0,"
                "prospect: {kind: 'lasts', at: phone().at + 57600, earliest: null}"
            ),
            "60%",
            "Optimal · on battery",
            "Should last past tomorrow 04:00learning from similar devices",
        ),
        (
            (
                "basis: 'population', rate: -12,"
                "prospect: {kind: 'runs_out_at', at: phone().at + 18000,"
                " earliest: null}"
            ),
            "60%",
            "Optimal · on battery",
            "At this rate, empty at 17:00learning from similar devices",
        ),
        (
            (
                "source: 'charging', rate: 20,"
                "prospect: {kind: 'full_at', at: phone().at + 7200, earliest: null}"
            ),
            "60%",
            "Optimal · charging",
            "Full at 14:00 if it keeps charging",
        ),
    ],
    ids=["unknown", "stale", "learning", "lasts", "runs out", "charging"],
)
def test_what_is_not_known_is_shown_as_such(
    stage: Stage, changes: str, level: str, state: str, says: str
) -> None:
    """Never a confident number, never an invented line."""
    stage.begin(f"phone({{{changes}}})")
    card = stage.add()
    expect(card.locator(".level")).to_have_text(level)
    expect(card.locator(".state")).to_have_text(state)
    expect(card.locator(".prospect")).to_have_text(says)
    if "forecast: []" in changes:
        assert card.locator(".plot .future").get_attribute("d") == ""


def test_it_follows_what_is_told(stage: Stage) -> None:
    """A push is seen at once, and who has the focus keeps it."""
    stage.begin("phone()")
    card = stage.add()
    card.locator("button.header").focus()
    stage.tell("{devices: {phone: phone({level: 12, power_state: 'critical'})}}")
    expect(card.locator(".level")).to_have_text("12%")
    expect(card.locator(".body")).to_have_class(re.compile("critical"))
    assert card.evaluate("c => c.shadowRoot.activeElement.className") == "header"
    stage.tell("{devices: {phone: null}}")
    expect(card.locator(".notice")).to_contain_text(
        "Power Scheduler tracks no device called phone, or several."
    )


def test_arrow_keys_read_the_chart_out(stage: Stage) -> None:
    """What a pointer finds, keys and screen readers find too."""
    stage.begin("phone()")
    card = stage.add()
    chart = card.locator(".chart")
    says = card.locator(".prospect")
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("Tab")
    expect(says).to_have_text("12:00: 60%")
    for _ in range(4):
        stage.page.keyboard.press("ArrowRight")
    expect(says).to_have_text("13:00: 56% expected, 55% to 57%")
    assert chart.get_attribute("aria-valuetext") == says.text_content()
    stage.page.keyboard.press("Home")
    expect(says).to_have_text("04:00: 92%")
    stage.page.keyboard.press("End")
    expect(says).to_have_text("tomorrow 04:00: not known")
    stage.page.keyboard.press("Escape")
    expect(says).to_contain_text("Reserve of 20%")


def test_shortcuts_of_the_browser_keep_their_meaning(stage: Stage) -> None:
    """Alt and an arrow go back a page, wherever the focus is."""
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate(
        "() => { window.kept = []; addEventListener('keydown',"
        " e => { if (!e.defaultPrevented) kept.push(e.key); }); }"
    )
    card.locator(".chart").focus()
    before = card.locator(".chart").get_attribute("aria-valuenow")
    for key in ("Alt+ArrowLeft", "Control+End", "Meta+ArrowRight"):
        stage.page.keyboard.press(key)
    kept = stage.page.evaluate("kept")
    assert {"ArrowLeft", "End", "ArrowRight"} <= set(kept)
    assert card.locator(".chart").get_attribute("aria-valuenow") == before


def test_a_pointer_reads_the_chart_out(stage: Stage) -> None:
    """And leaves it as it was."""
    stage.begin("phone()")
    card = stage.add()
    box = card.locator(".field").bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    expect(card.locator(".prospect")).to_have_text("16:00: 44% expected, 40% to 48%")
    expect(card.locator(".cursor")).to_be_visible()
    stage.page.mouse.move(0, 0)
    expect(card.locator(".prospect")).to_contain_text("Reserve of 20%")
    expect(card.locator(".cursor")).to_be_hidden()


def test_a_finger_reads_the_chart_out_and_still_scrolls(chromium: Browser) -> None:
    """A tap stays until one taps elsewhere."""
    stage = Stage(chromium, has_touch=True, is_mobile=True)
    stage.begin("phone()")
    card = stage.add()
    box = card.locator(".field").bounding_box()
    assert box is not None
    stage.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 20)
    expect(card.locator(".prospect")).to_contain_text("44% expected")
    style = card.locator(".chart").evaluate("c => getComputedStyle(c).touchAction")
    assert style == "pan-y"
    stage.page.context.close()


def test_a_tap_on_the_header_opens_more_of_the_device(stage: Stage) -> None:
    """Home Assistant's own dialog, on the power state."""
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate(
        "addEventListener('hass-more-info', e => { window.opened = e.detail.entityId })"
    )
    card.locator("button.header").click()
    assert stage.page.evaluate("opened") == "sensor.phone_power_state"


def test_it_asks_again_after_an_outage(stage: Stage) -> None:
    """Even if Home Assistant answers before the integration is there."""
    stage.page.clock.install(time=1795348800)
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate("connection.refuse = true; connection.reconnect()")
    stage.page.clock.run_for(100)
    expect(card.locator(".notice")).to_have_text("Power Scheduler is not running.")
    expect(card.locator(".level")).to_have_text("60%")
    stage.page.evaluate("connection.refuse = false; begin(phone({level: 50}))")
    stage.page.clock.run_for(6000)
    expect(card.locator(".level")).to_have_text("50%")
    expect(card.locator(".notice")).to_be_hidden()
    assert stage.page.evaluate("connection.asked.length") == 3
    assert stage.page.evaluate("connection.subscriptions.size") == 1


def test_a_page_that_is_older_than_the_integration_says_so(stage: Stage) -> None:
    """Home Assistant was updated and came back, and this tab stayed open."""
    stage.begin("phone()")
    notice = stage.add().locator(".notice")
    stage.tell("{version: 'abc123'}")
    expect(notice).to_be_hidden()
    stage.tell("{version: 'def456'}")
    expect(notice.get_by_role("button")).to_have_text(
        "These cards were updated: reload the page"
    )


def test_a_card_that_is_moved_or_removed_leaves_nothing_behind(stage: Stage) -> None:
    """Dashboards move cards about; each has one subscription at a time."""
    stage.page.evaluate(
        "() => { window.ticking = new Set();"
        " const [begin, end] = [setInterval, clearInterval];"
        " window.setInterval = (...all) =>"
        " { const id = begin(...all); ticking.add(id); return id; };"
        " window.clearInterval = (id) => { ticking.delete(id); end(id); }; }"
    )
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate(
        "() => { const main = document.querySelector('main');"
        " main.append(main.firstChild); main.append(main.firstChild); }"
    )
    stage.page.evaluate("drawn()")
    left = "[connection.subscriptions.size, ticking.size]"
    assert stage.page.evaluate(left) == [1, 1]
    expect(card.locator(".level")).to_have_text("60%")
    stage.page.evaluate("document.querySelector('main').replaceChildren()")
    stage.page.evaluate("drawn()")
    assert stage.page.evaluate(left) == [0, 0]
    asked = stage.page.evaluate("connection.asked.length")
    stage.page.evaluate("connection.reconnect(); drawn()")
    assert stage.page.evaluate("connection.asked.length") == asked


def test_time_moves_on_by_itself(stage: Stage) -> None:
    """What was told a minute ago is a minute old, in the list of all as well."""
    stage.page.clock.install(time=1795348800)
    stage.begin(
        "phone({stale: true, read_at: phone().at - 600,"
        " prospect: {kind: 'stale', at: null, earliest: null}})"
    )
    says = stage.add().locator(".prospect .main")
    row = stage.add("power-scheduler-fleet-card").locator(".row .state")
    for ago in (10, 11):
        stage.page.clock.run_for(200)
        for told in (says, row):
            expect(told).to_have_text(f"Last reading {ago} minutes ago")
        stage.page.clock.run_for(59_900)


def test_what_was_told_before_an_outage_is_forgotten(stage: Stage) -> None:
    """A device that was let go meanwhile is shown no more."""
    stage.begin("phone()", "phone({id: 'tablet', name: 'Tablet'})")
    card = stage.add(device="Tablet")
    expect(card.locator(".name")).to_have_text("Tablet")
    stage.page.evaluate("begin(phone()); connection.reconnect(); drawn()")
    expect(card.locator(".notice")).to_contain_text("no device called Tablet")


def test_another_connection_is_followed(stage: Stage) -> None:
    """And the one before no longer."""
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate(
        "() => { const other = new connection.constructor();"
        " begin(phone({level: 7})); other.first = connection.first;"
        " const card = document.querySelector('power-scheduler-card');"
        " card.hass = {...hass, connection: other}; }"
    )
    expect(card.locator(".level")).to_have_text("7%")
    assert stage.page.evaluate("connection.subscriptions.size") == 0


def test_states_that_change_elsewhere_cost_nothing(stage: Stage) -> None:
    """Home Assistant hands every card every change of any state."""
    stage.begin("phone()")
    stage.add()
    changed = stage.page.evaluate(
        "async () => { let seen = 0;"
        " const card = document.querySelector('power-scheduler-card');"
        " new MutationObserver(() => seen++).observe(card.shadowRoot,"
        " {subtree: true, childList: true, attributes: true, characterData: true});"
        " for (let k = 0; k < 1000; k++) card.hass = {...hass};"
        " await drawn(); return seen + connection.asked.length; }"
    )
    assert changed == 1


def test_another_language_is_asked_for_and_spoken(stage: Stage) -> None:
    """The backend's sentences come in the user's language too."""
    stage.begin("phone()")
    card = stage.add()
    stage.page.evaluate(
        "document.querySelector('power-scheduler-card').hass ="
        " {...hass, language: 'de'}; drawn()"
    )
    expect(card.locator(".prospect .main")).to_have_text(
        "Reserve von 20 % voraussichtlich um 22:00"
    )
    asked = stage.page.evaluate("connection.asked.map(a => a.language)")
    assert asked == ["en", "de"]


def test_the_chart_spans_the_hours_that_are_wanted(stage: Stage) -> None:
    """Eight back and sixteen ahead, unless it is told otherwise."""
    stage.begin("phone()")
    wanted: dict[int, dict[str, Any]]
    wanted = {24: {}, 18: {"hours_back": 2}, 11: {"hours_ahead": 3}}
    for hours, config in wanted.items():
        chart = stage.add(**config).locator(".chart")
        ends = [chart.get_attribute(f"aria-value{end}") for end in ("min", "max")]
        first, last = (int(end or 0) for end in ends)
        assert last - first == hours * 3600


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"device": 3}, "device must be a string, not 3"),
        ({"hours_back": 99}, "hours_back must lie between 1 and 24, not 99"),
        ({"max_tasks": "2"}, 'max_tasks must be a number, not "2"'),
    ],
)
def test_a_wrong_configuration_is_refused(
    stage: Stage, config: dict[str, object], message: str
) -> None:
    """Home Assistant shows the error in the card's place."""
    error = stage.page.evaluate(
        "c => { try { document.createElement('power-scheduler-card').setConfig(c) }"
        " catch (e) { return e.message } }",
        config,
    )
    assert error == message


def test_a_card_without_a_device_shows_an_example(stage: Stage) -> None:
    """For the picker, in a home that has none."""
    card = stage.add(device="")
    expect(card.locator(".name")).to_have_text("Example")
    expect(card.locator(".notice")).to_have_text("Choose a device")
    assert stage.page.evaluate("connection.asked.length") == 0
