"""What a forecast was worth is seen, and not forgotten."""

from datetime import timedelta
from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_restore_state_shutdown_restart,
    mock_restore_cache_with_extra_data,
)

from .home import PHONE, phone, set_up, states, tell, wait

ERROR_1H = "sensor.phone_forecast_error_1_hour"
ERROR_3H = "sensor.phone_forecast_error_3_hours"


async def test_forecasts_are_compared_with_what_came(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """After an hour the first forecast is scored, and a restart forgets nothing."""
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    for step in range(1, 15):
        freezer.tick(timedelta(minutes=10))
        tell(hass, 80 - step)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    state = hass.states.get(ERROR_1H)
    assert state is not None
    assert 0 <= float(state.state) < 30
    assert state.attributes["forecasts"] >= 2
    assert 0 <= state.attributes["in_band"] <= 100
    later = hass.states.get(ERROR_3H)
    assert later is not None
    assert later.state == "unknown"
    data = await async_mock_restore_state_shutdown_restart(hass)
    kept = data.last_states[ERROR_1H].extra_data
    assert kept is not None
    # A single forecast more is no news, and so is shown with the next news.
    count = sum(day[1] for day in kept.as_dict()["days"])
    assert count / 2 < state.attributes["forecasts"] <= count


async def test_a_restart_goes_on_with_the_old_score(hass: HomeAssistant) -> None:
    """What Home Assistant kept is shown at once."""
    today = dt_util.utcnow().date().isoformat()
    days = {"device": PHONE, "days": [[today, 10, 45.0, 8]]}
    mock_restore_cache_with_extra_data(hass, [(State(ERROR_1H, "4.5"), days)])
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    state = hass.states.get(ERROR_1H)
    assert state is not None
    assert state.state == "4.5"
    assert state.attributes["in_band"] == 80


async def test_before_the_first_score_the_source_decides_what_is_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Nothing is known yet while it tells a level, and nothing at all while not."""
    hass.states.async_set(PHONE, "unavailable")
    await set_up(hass, phone())
    for level, shown in ((50, "unknown"), ("unavailable",) * 2, (49, "unknown")):
        tell(hass, level)
        await wait(hass, freezer, seconds=11)
        assert states(hass, [ERROR_1H, ERROR_3H]) == [shown] * 2


@pytest.mark.parametrize("told", [{"device": "sensor.other"}, {"native_value": 4.5}])
async def test_the_score_of_something_else_is_not_taken_over(
    hass: HomeAssistant, told: dict[str, object]
) -> None:
    """Such as that of a phone that was replaced by one of the same name."""
    today = dt_util.utcnow().date().isoformat()
    kept = {"days": [[today, 10, 45.0, 8]], **told}
    mock_restore_cache_with_extra_data(hass, [(State(ERROR_1H, "4.5"), kept)])
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    assert states(hass, [ERROR_1H]) == ["unknown"]


async def test_a_phone_of_the_same_name_has_a_score_of_its_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Home Assistant keeps what entities know by what they are called."""
    tell(hass, 80, "discharging")
    entry = await set_up(hass, phone())
    for step in range(1, 15):
        tell(hass, 80 - step)
        await wait(hass, freezer, minutes=10)
    assert states(hass, [ERROR_1H]) != ["unknown"]
    hass.config_entries.async_remove_subentry(entry, "id_of_phone")
    await hass.async_block_till_done()
    assert states(hass, [ERROR_1H]) == [None]
    hass.states.async_set("sensor.new", "90", {"unit_of_measurement": "%"})
    new = ConfigSubentry(
        data=MappingProxyType({"battery": "sensor.new", "reserve": 10.0}),
        subentry_type="device",
        title="Phone",
        unique_id="sensor.new",
    )
    hass.config_entries.async_add_subentry(entry, new)
    await hass.async_block_till_done()
    assert states(hass, [ERROR_1H]) == ["unknown"]
