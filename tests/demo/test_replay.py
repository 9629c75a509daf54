"""The demo's batteries are a function of the local time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from demo.custom_components.demo_home.devices import devices
from demo.custom_components.demo_home.home import DemoDevice, entity_id
from demo.custom_components.demo_home.replay import WEEK, Row, Trace

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=BERLIN)
HOUR = 3600


@pytest.fixture(scope="module")
def home() -> dict[str, DemoDevice]:
    """Return the home's devices by name."""
    return {device.name: device for device in devices()}


def test_a_trace_tells_its_last_row_at_the_same_weekday_and_time_of_day() -> None:
    """A row of Monday, 11:00 is what is known on any Monday at noon."""
    trace = Trace([Row(11 * HOUR, 80, plugged=False), Row(13 * HOUR, 70, plugged=True)])
    for weeks in range(-60, 60, 7):
        moment = trace.at(MONDAY_NOON + timedelta(weeks=weeks))
        assert (moment.level, moment.plugged) == (80, False)


def test_a_trace_begins_again_after_whole_weeks() -> None:
    """A trace of eight days is replayed every two weeks."""
    trace = Trace([Row(0, 90, plugged=False), Row(8 * 24 * HOUR, 10, plugged=False)])
    assert trace.period == 2 * WEEK
    levels = [trace.at(MONDAY_NOON + timedelta(days=d)).level for d in range(28)]
    assert levels[:14] == levels[14:]
    assert set(levels) == {90, 10}


def test_a_device_is_asleep_in_a_gap_of_its_trace() -> None:
    """Half an hour after a row, a device says nothing any more."""
    trace = Trace([Row(11 * HOUR, 80, plugged=False), Row(14 * HOUR, 70, plugged=None)])
    awake = [
        trace.at(MONDAY_NOON + timedelta(minutes=m)).awake for m in (-45, 0, 119, 120)
    ]
    assert awake == [True, False, False, True]


def test_reports_come_in_order_and_within_the_asked_time(
    home: dict[str, DemoDevice],
) -> None:
    """What is filled into the recorder is in order."""
    start = MONDAY_NOON - timedelta(days=3)
    for device in home.values():
        moments = list(device.reports(start, MONDAY_NOON))
        assert moments == sorted(moments)
        assert moments[0] >= start
        assert moments[-1] <= MONDAY_NOON


def test_entities_say_what_the_real_ones_can_say(home: dict[str, DemoDevice]) -> None:
    """An enum stays within its options through a whole week, a level within 0..100."""
    for device in home.values():
        for hour in range(0, 7 * 24, 2):
            moment = device.trace.at(MONDAY_NOON + timedelta(hours=hour))
            assert 0 <= moment.level <= 100
            for entity in device.entities:
                value = entity.value(moment)
                assert not entity.options or value in (*entity.options, None)


def test_a_power_cut_shows_in_the_ups_tokens(home: dict[str, DemoDevice]) -> None:
    """Tuesday, 14:10 is in the middle of one."""
    ups = home["UPS"]
    told = {entity_id(ups, entity): entity.value for entity in ups.entities}
    moment = ups.trace.at(MONDAY_NOON + timedelta(days=1, hours=2, minutes=10))
    assert told["sensor.ups_status_data"](moment) == "OB DISCHRG"
    assert told["sensor.ups_status"](moment) == "On Battery, Battery Discharging"


def test_every_entity_has_an_id_of_its_own(home: dict[str, DemoDevice]) -> None:
    """Neither entity ids nor unique ids are given twice."""
    pairs = [(d, entity) for d in home.values() for entity in d.entities]
    assert len({entity_id(*pair) for pair in pairs}) == len(pairs)
    assert len({device.unique_id(entity.key) for device, entity in pairs}) == len(pairs)
