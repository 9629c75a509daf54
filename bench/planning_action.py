"""What the action that plans costs a home: its answer, and what the event loop waits.

usage: .venv/bin/python -m bench.planning_action    (scripts/bench planning runs it too)

50 tasks on 4 devices with a month of history each are planned with the usual effort,
right after a start and then again and again. Nothing is remembered of a plan, so that
each has to be found anew.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
import gc
import logging
from pathlib import Path
from random import Random
from statistics import median
import tempfile
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant

from custom_components.power_scheduler.core.task import Priority

from . import house
from .home_bench import Histories

TASKS: Final = 50
DEVICES: Final = 4
CALLS: Final = 20
"""How often the action is called after the first time."""

TICK: Final = 0.001
"""How often (s) the event loop is asked whether it is free."""

EVERYTHING: Final = 2
"""The oldest generation of Python's garbage collection, which looks at everything."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one call cost, in seconds."""

    answer: float
    """From asking to the answer."""

    longest: float
    """The processor's time of the longest callback."""

    late: float
    """How late the event loop was at most, whatever held it up."""

    collected: float
    """The processor's time of the longest collection of everything, if any."""


class Collections:
    """How long each collection of everything takes."""

    def __init__(self) -> None:
        """Start with none."""
        self.seconds: list[float] = []
        self._begin = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """Take note of the start or the end of a collection."""
        if info["generation"] < EVERYTHING:
            return
        if phase == "start":
            self._begin = time.thread_time()
        else:
            self.seconds.append(time.thread_time() - self._begin)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Take note of all collections."""
        gc.callbacks.append(self)
        try:
            yield
        finally:
            gc.callbacks.remove(self)


def asked() -> dict[str, Any]:
    """Return the data of an action with many tasks, of which not all can run."""
    random, now = Random(TASKS), datetime.now(UTC)  # noqa: S311 - no secret
    tasks = []
    for number in range(TASKS):
        task: dict[str, Any] = {
            "id": f"t{number}",
            "estimated_duration": f"00:{random.choice((10, 15, 20, 30, 45))}:00",
            "cpu": random.randrange(5, 40),
            "network": random.randrange(5, 40),
            "min_battery": random.choice((15, 20, 30, 40)),
            "drain": random.randrange(1, 8),
            "priority": random.choice(list(Priority)).value,
        }
        if number % 2:
            earliest = now + timedelta(minutes=random.randrange(600))
            task["earliest"] = earliest.isoformat()
        if number % 3:
            deadline = now + timedelta(minutes=random.randrange(700, 1500))
            task["deadline"] = deadline.isoformat()
        tasks.append(task)
    supposed = {"device": "Device 0", "plugged": False}
    return {"tasks": tasks, "dry_run": [supposed]}


async def call(hass: HomeAssistant, data: dict[str, Any]) -> Call:
    """Call the action once, as an automation does."""
    busy, collections = house.Busy(), Collections()
    late = 0.0

    async def tick() -> None:
        """Look again and again how late the event loop is."""
        nonlocal late
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            late = max(late, time.perf_counter() - due)

    ticker = asyncio.create_task(tick())
    with busy.following(), collections.followed():
        begin = time.perf_counter()
        answer = await asyncio.create_task(
            hass.services.async_call(
                house.DOMAIN, "optimize", data, blocking=True, return_response=True
            )
        )
        seconds = time.perf_counter() - begin
    ticker.cancel()
    if answer is None or len(answer["tasks"]) != TASKS:
        raise RuntimeError(f"The action gave no plan: {answer}")
    collected = max(collections.seconds, default=0.0)
    return Call(seconds, max(busy.seconds), late, collected)


async def calls() -> list[Call]:
    """Return what each call costs after one start."""
    now, data = datetime.now(UTC), asked()
    with tempfile.TemporaryDirectory() as folder:
        (home := Path(folder) / "home").mkdir()
        async with house.running(home) as hass:
            await Histories(Path(folder), now).furnish(hass, DEVICES)
            for number in range(DEVICES):
                house.Clock(now).tell(hass, number, 50 + 10 * number)
            await hass.config_entries.async_add(house.entry_for(house.devices(DEVICES)))
            await hass.async_block_till_done()
            return [await call(hass, data) for _ in range(CALLS + 1)]


def print_calls(made: Sequence[Call]) -> None:
    """Print what the first call cost, and the others."""
    print(f"The action in a home, {TASKS} tasks on {DEVICES} devices, milliseconds:\n")
    print("| call | answer | longest callback | loop late | collecting all |")
    print("| --- | --- | --- | --- | --- |")
    first, *others = made
    _print_row("first", [first], max)
    _print_row("others, median", others, median)
    _print_row("others, worst", others, max)
    print()


def _print_row(
    name: str, made: Sequence[Call], choose: Callable[[list[float]], float]
) -> None:
    """Print one figure for each column, chosen among some calls."""
    columns = zip(*map(astuple, made), strict=True)
    cells = (f"{1e3 * choose(list(column)):.1f}" for column in columns)
    print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    print_calls(asyncio.run(calls()))
