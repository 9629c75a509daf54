"""How the cards look and perform: widths, themes, directions, accessibility, thrift."""

from itertools import combinations
import re

from playwright.sync_api import Browser, expect
import pytest

from .stage import FLEET, Stage

ALL = (
    (
        "phone({tasks: [task(), task({id: 'x'.repeat(60), decision: 'deferred',"
        " start: null, end: null, reasons: ['Because '.repeat(20)]})]})"
    ),
    (
        "phone({id: 'a', name: 'Low', level: 25, power_state: 'low', rate: 9,"
        " source: 'charging', basis: 'population'})"
    ),
    (
        "phone({id: 'b', name: 'Silent', level: null, power_state: null, source: null,"
        " history: [], forecast: [],"
        " prospect: {kind: 'unknown', at: null, earliest: null}})"
    ),
    (
        "phone({id: 'c', name: 'Old', stale: true, power_state: null, source: null,"
        " rate: null, forecast: [],"
        " prospect: {kind: 'stale', at: null, earliest: null}})"
    ),
    (
        "phone({id: 'd', name: 'Critical', level: 8, power_state: 'critical',"
        " prospect: {kind: 'below_reserve', at: null, earliest: null}})"
    ),
)
BOX = "e => e.getBoundingClientRect().toJSON()"
NAMES = ("phone", "a", "b", "c", "d")
UPDATES = 20


def furnish(stage: Stage) -> None:
    """Show both cards with devices in every state."""
    stage.begin(*ALL)
    stage.add(FLEET, title="Batteries", max_devices=4)
    for name in NAMES:
        stage.add(device=name)


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    """Say whether two boxes have room in common."""
    return (
        a["left"] < b["right"]
        and b["left"] < a["right"]
        and a["top"] < b["bottom"]
        and b["top"] < a["bottom"]
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_axe_finds_nothing(chromium: Browser, language: str, *, dark: bool) -> None:
    """WCAG AA, in both themes and both directions."""
    stage = Stage(chromium)
    stage.page.evaluate(
        "([dark, language]) => { document.body.classList.toggle('dark', dark);"
        " hass.language = language;"
        " document.dir = language === 'ar' ? 'rtl' : 'ltr'; }",
        [dark, language],
    )
    furnish(stage)
    assert stage.violations() == []
    assert stage.complaints == []
    stage.page.context.close()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [190, 300, 480, 900])
def test_nothing_sticks_out_at_any_width(
    stage: Stage, width: int, direction: str
) -> None:
    """From half a column of a phone to a whole desktop."""
    stage.page.evaluate(
        "([width, dir]) => { document.body.style.setProperty('--width', width + 'px');"
        " document.dir = dir; }",
        [width, direction],
    )
    furnish(stage)
    outside = stage.page.evaluate(
        """width => [...document.querySelectorAll('main > *')].flatMap((card) => {
          const box = card.getBoundingClientRect();
          return [...card.shadowRoot.querySelectorAll('span, p, li, button, h2')]
            .filter((part) => !part.matches('.hidden, .hidden *, .bar span'))
            .filter((part) => {
              const { left, right, width } = part.getBoundingClientRect();
              return width && (left < box.left - 1 || right > box.right + 1);
            })
            .map((part) => `${part.className}: ${part.textContent}`);
        })""",
        width,
    )
    assert outside == []


@pytest.mark.parametrize(("height", "tasks"), [(56 * 2 + 8, False), (400, True)])
def test_a_card_of_fixed_height_shows_what_fits(
    stage: Stage, height: int, *, tasks: bool
) -> None:
    """Level and chart come first, the list of tasks last."""
    stage.begin(*ALL)
    stage.page.evaluate(
        "height => { const style = document.createElement('style');"
        " style.textContent = `main > * { height: ${height}px !important }`;"
        " document.head.append(style); }",
        height,
    )
    card = stage.add(layout="grid", grid_options={"rows": 2})
    expect(card.locator(".level")).to_be_visible()
    assert card.locator(".tasks").is_visible() is tasks
    box = card.locator(".chart").bounding_box()
    assert box is not None
    assert box["height"] >= (110 if tasks else 30)
    assert stage.violations() == []


def test_a_notice_alone_keeps_clear_of_the_edge(stage: Stage) -> None:
    """Above as below, where there is no device to show."""
    stage.begin()
    card = stage.add(device="gone")
    expect(card.locator(".notice")).to_contain_text("no device called gone")
    gaps = card.evaluate(
        "c => { const [box, text] = [c.shadowRoot.querySelector('ha-card'),"
        " document.createRange()];"
        " text.selectNodeContents(c.shadowRoot.querySelector('.notice'));"
        " const [outer, inner] = [box, text].map(e => e.getBoundingClientRect());"
        " return [inner.top - outer.top, outer.bottom - inner.bottom]; }"
    )
    assert min(gaps) > 10


def test_rows_are_for_sections_alone(stage: Stage) -> None:
    """Elsewhere no height is given, as where a card was moved out of its section."""
    stage.begin(*ALL)
    card = stage.add(grid_options={"rows": 3})
    box = card.locator("ha-card").bounding_box()
    chart = card.locator(".field").bounding_box()
    assert box is not None
    assert chart is not None
    assert box["height"] > chart["y"] - box["y"] + chart["height"] > 200


def test_a_list_of_fixed_height_can_be_scrolled(stage: Stage) -> None:
    """Down to the last device, by whoever has no keys."""
    stage.begin(*(f"phone({{id: 'd{k}', name: 'd{k}'}})" for k in range(20)))
    stage.page.evaluate(
        "document.querySelector('main').style = 'grid-template-rows: 300px'"
    )
    fleet = stage.add(FLEET, layout="grid", grid_options={"rows": 5})
    last = fleet.locator(".row").last
    expect(last).not_to_be_in_viewport()
    fleet.hover()
    stage.page.mouse.wheel(0, 5000)
    expect(last).to_be_in_viewport()
    assert stage.violations() == []


@pytest.mark.parametrize("width", [164, 246, 300, 420])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["reserve_at", "lasts", "runs_out_at"])
def test_a_small_card_can_be_read(
    stage: Stage, kind: str, language: str, width: int
) -> None:
    """The name is whole, no word stands on another nor is cut off, a line is left."""
    least = {"auto": 6, 2: 1, 3: 3, 4: 6, 5: 6}
    heights = ["auto", *(f"{rows * 64 - 8}px" for rows in (2, 3, 4, 5))]
    stage.page.evaluate(
        "([heights, width, language]) => {"
        " hass.language = language; delete hass.locale;"
        " document.body.style.setProperty('--width', `${width}px`);"
        " document.querySelector('main').style = `grid-template-rows: ${heights}`; }",
        [" ".join(heights), width, language],
    )
    tomorrow = "at: phone().at + 57000, earliest: phone().at + 50000"
    stage.begin(
        "phone({level: 97, basis: 'population', tasks: [task()],"
        f" prospect: {{kind: '{kind}', {tomorrow}}}}})"
    )
    for rows, words in least.items():
        card = stage.add(layout="grid", grid_options={"rows": rows})
        whole = "name => name.scrollWidth <= name.clientWidth"
        assert card.locator(".name").evaluate(whole), rows
        said = card.locator(".axis span:visible, .label:visible, .main, .extra:visible")
        boxes = said.evaluate_all(f"all => all.map({BOX})")
        assert len(boxes) >= words, rows
        end = card.locator("ha-card").evaluate(BOX)["bottom"]
        assert all(box["bottom"] <= end for box in boxes), rows
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2)), rows
        assert card.locator(".field").evaluate(BOX)["height"] >= 10, rows


def test_no_word_of_the_chart_stands_on_another_nor_on_a_full_level(
    stage: Stage,
) -> None:
    """Whatever part of the chart is past, and however full the battery was."""
    full = "[[[phone().at - 86400, 98], [phone().at, 97]]]"
    stage.begin(f"phone({{history: {full}, level: 97}})")
    for back, shown in ((24, 4), (8, 4), (1, 3)):
        card = stage.add(hours_back=back, hours_ahead=16)
        boxes = card.locator(".label").evaluate_all(f"all => all.map({BOX})")
        assert len(boxes) == shown
        plot = card.locator(".plot").evaluate(BOX)
        top = plot["top"] + 0.01
        assert all(b["bottom"] <= top or b["top"] > top + 8 for b in boxes)
        assert not any(overlap(a, b) for a, b in combinations(boxes, 2))


def test_rows_are_told_worst_first_and_keep_the_focus(stage: Stage) -> None:
    """The backend sorts; a row that moves stays the one that has the focus."""
    stage.begin(*ALL)
    fleet = stage.add(FLEET, max_devices=4)
    names = fleet.locator(".row .name")
    expect(names).to_have_text(["Phone", "Low", "Silent", "Old"])
    expect(fleet.locator(".footer").first).to_have_text("1 more")
    expect(fleet.locator(".row").first.locator(".waits")).to_contain_text("Because")
    fleet.locator("button").nth(1).focus()
    stage.tell("{order: ['d', 'c', 'b', 'a', 'phone']}")
    expect(names).to_have_text(["Critical", "Old", "Silent", "Low"])
    focused = fleet.evaluate("c => c.shadowRoot.activeElement.textContent")
    assert "Low" in focused


def test_a_row_says_what_its_colour_shows(stage: Stage) -> None:
    """To who sees no colours, or does not see."""
    stage.begin("phone({level: 8, power_state: 'critical'})")
    fleet = stage.add(FLEET)
    row = fleet.get_by_role("button", name=re.compile("Phone.*Critical · on battery"))
    expect(row).to_have_count(1)


def test_a_home_without_devices_has_an_example_in_its_list(stage: Stage) -> None:
    """The preview is no empty box, and says what is missing."""
    stage.begin()
    fleet = stage.add(FLEET)
    expect(fleet.locator(".row .name")).to_have_text("Example")
    expect(fleet.locator(".notice")).to_contain_text("tracks no device yet")


def test_nothing_is_made_up_while_the_integration_is_away(stage: Stage) -> None:
    """As when a dashboard is opened while Home Assistant starts."""
    stage.page.evaluate("connection.refuse = true")
    fleet = stage.add(FLEET)
    expect(fleet.locator(".notice")).to_have_text("Power Scheduler is not running.")
    expect(fleet.locator(".row")).to_have_count(0)


def test_tasks_that_no_device_can_take_are_not_dropped(stage: Stage) -> None:
    """They are listed below the devices."""
    stage.begin("phone()")
    fleet = stage.add(FLEET)
    stage.tell(
        "{others: {planned_at: null, more_tasks: 0, tasks: [task({id: 'odd',"
        " decision: 'rejected', start: null, end: null, reasons: ['No.']})]}}"
    )
    expect(fleet.locator("li")).to_contain_text("odd")
    expect(fleet.locator("li .why")).to_have_text("No.")


def test_an_update_draws_one_row_of_many(stage: Stage) -> None:
    """Whatever else is shown stays untouched, whenever somebody tells something."""
    ids = [f"device{k}" for k in range(30)]
    stage.begin(*(f"phone({{id: '{i}', name: '{i}'}})" for i in ids))
    fleet = stage.add(FLEET)
    expect(fleet.locator(".row")).to_have_count(30)
    fleet.evaluate(
        "card => { window.touched = []; const options ="
        " {subtree: true, childList: true, attributes: true, characterData: true};"
        " for (const row of card.shadowRoot.querySelectorAll('.row'))"
        " new MutationObserver(() => touched.push("
        "row.querySelector('.name').textContent)).observe(row, options); }"
    )
    for level, name in enumerate(ids[:UPDATES]):
        update = f"phone({{id: '{name}', name: '{name}', level: {level}}})"
        stage.tell(f"{{devices: {{{name}: {update}}}}}")
        expect(fleet.locator(".row").nth(level).locator(".level")).to_have_text(
            f"{level}%"
        )
    assert stage.page.evaluate("touched") == ids[:UPDATES]


def test_the_list_writes_as_the_user_has_just_chosen(stage: Stage) -> None:
    """Not from the next minute on."""
    stage.begin("phone()")
    fleet = stage.add(FLEET)
    expect(fleet.locator(".state")).to_contain_text("22:00")
    fleet.evaluate(
        "card => { const locale = {time_format: '12'};"
        " card.hass = {...card.hass, locale}; return drawn(); }"
    )
    expect(fleet.locator(".state")).to_contain_text("10:00")
