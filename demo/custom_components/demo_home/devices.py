"""The devices of the demo home."""

from . import computers, house, phones
from .home import DemoDevice
from .replay import load_traces


def devices() -> list[DemoDevice]:
    """Return every device of the home; this reads the traces."""
    traces = load_traces()
    return [
        phones.android(traces["aware1"]),
        phones.iphone(traces["aware1"]),
        phones.wall_tablet(traces["win20"]),
        computers.laptop(traces["mba"]),
        computers.nas(),
        computers.ups(),
        house.vacuum(),
        house.home_battery(),
        house.front_door(),
        house.thermometer(),
    ]
