"""What a device has room for, at every level and in every slot.

The four amounts of a slot (processor, memory, network, tasks) stand side by side in
one integer, each below a guard bit. One subtraction then compares all four: where an
amount goes below zero, its guard bit is gone. The slots stand side by side in turn,
so that a handful of operations on one long integer finds every start that has room.

An amount has seven bits. A subtraction never goes further below zero than the guard bit
reaches as long as what is there already leaves something free: whoever asks about a
lower level must have asked about the level in the plan first.
"""

from array import array
from typing import Final

from .grid import FULL_LEVEL
from .problem import Amounts, DeviceProblem, Option

AMOUNT_BITS: Final = 8
MOST: Final = (1 << (AMOUNT_BITS - 1)) - 1
"""The largest amount; more than 100 %, so that no limit reaches it."""

SLOT_BITS: Final = 4 * AMOUNT_BITS
GUARD: Final = 1 << (AMOUNT_BITS - 1)
GUARDS: Final = GUARD * sum(1 << (AMOUNT_BITS * i) for i in range(4))


def _packed(amounts: Amounts) -> int:
    """Return four amounts in one integer, without guard bits."""
    cpu, memory, network, tasks = (min(amount, MOST) for amount in amounts)
    high = tasks << AMOUNT_BITS | network
    return (high << AMOUNT_BITS | memory) << AMOUNT_BITS | cpu


def _unused(limits: Amounts, usage: Amounts) -> int:
    """Return what limits leave, with guard bits; nothing where usage exceeds one."""
    left = [limit - used for limit, used in zip(limits, usage, strict=True)]
    if min(left) < 0:
        return GUARDS
    cpu, memory, network, tasks = left
    return GUARDS + _packed((cpu, memory, network, tasks))


class Room:
    """The fixed part of one device: what each level allows in each slot."""

    def __init__(self, device: DeviceProblem) -> None:
        """Spread the limits of the power states over levels and slots."""
        self._states: list[tuple[int, int]] = []
        by_level: list[int] = []
        for state in device.states:
            unused = _unused(state.limits, device.usage)
            self._states.append((len(by_level), unused))
            by_level += [unused] * (state.top + 1 - len(by_level))
        best = [by_level[-1]] * (FULL_LEVEL + 1)
        self.at = [best if carried else by_level for carried in device.carried]
        """By slot and level (0.01 %): what may be used, with guard bits."""

        slots = device.slots
        self._ones = sum(1 << (SLOT_BITS * k) for k in range(slots))
        self._guards = GUARDS * self._ones
        self._marks = GUARD * self._ones
        self._plugged = sum(
            GUARD << (SLOT_BITS * k) for k in range(slots) if device.plugged[k]
        )
        self._demands: dict[Amounts, int] = {}
        self._lowest: dict[int, int] = {}
        self._everywhere: dict[int, int] = {}

    def demand(self, amounts: Amounts) -> int:
        """Return amounts in one integer, as loads are kept."""
        demand = self._demands.get(amounts)
        if demand is None:
            demand = self._demands[amounts] = _packed(amounts)
        return demand

    def lowest(self, load: int) -> int:
        """Return the lowest level (0.01 %) on battery that can stand a load."""
        level = self._lowest.get(load)
        if level is None:
            level = next(
                edge
                for edge, unused in self._states
                if (unused - load) & GUARDS == GUARDS
            )
            self._lowest[load] = level
        return level

    def openings(self, free: array[int], option: Option, demand: int) -> bytes:
        """Return for each start whether every slot of a run has room: 0 if not.

        Args:
            free: What each slot has left, with guard bits.
            option: What is to start.
            demand: Its packed demand.
        """
        everywhere = self._everywhere.get(demand)
        if everywhere is None:
            everywhere = self._everywhere[demand] = demand * self._ones
        marks = (int.from_bytes(free, "little") - everywhere) & self._guards
        marks &= marks >> AMOUNT_BITS
        marks &= (marks >> (2 * AMOUNT_BITS)) & self._marks
        if option.requires_power:
            marks &= self._plugged
        run = 1
        while run < option.slots:
            step = min(run, option.slots - run)
            marks &= marks >> (SLOT_BITS * step)
            run += step
        size = SLOT_BITS // 8
        return marks.to_bytes(size * len(free), "little")[AMOUNT_BITS // 8 - 1 :: size]
