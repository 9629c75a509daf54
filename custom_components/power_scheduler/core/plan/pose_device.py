"""From what is known of a battery to one device of a problem."""

from datetime import datetime
from math import ceil, floor

from ..forecast import Forecast, Path
from ..limits import Limits, PowerState, on_power
from ..request import Override, Request
from ..snapshot import DevicePower
from .grid import HOUR, RESOURCES, SLOT
from .problem import Amounts, DeviceProblem, StateProblem


def supposing(forecast: Forecast, override: Override) -> Forecast:
    """Return a forecast as a dry run pretends it."""
    if override == Override():
        return forecast
    return forecast.supposing(level=override.level, plugged=override.plugged)


def pose_device(
    device: str, power: DevicePower, forecast: Forecast, request: Request, at: datetime
) -> DeviceProblem:
    """Return one device with the path that its forecast holds to."""
    slots = request.horizon // SLOT
    guard = ceil(request.guard / SLOT)
    charging = request.charging.get(device, ())
    targets = _targets(request, device, at)
    ahead = max([slots + guard, *(boundary for boundary, _ in targets)])
    path = forecast.path(SLOT, ahead, request.confidence, charging)
    reserve = power.settings.reserve if request.reserve is None else request.reserve
    level = round(100 * path.level)
    return DeviceProblem(
        id=device,
        level=level,
        ceiling=max(level, round(100 * path.ceiling)),
        base=_base(path),
        slots=max(0, min(slots, len(path.changes) - guard)),
        plugged=path.plugged,
        carried=_carried(path, power),
        reserve=max(1, round(100 * reserve)),
        guard=guard,
        targets=targets,
        usage=_usage(power, request.running),
        states=_states(power.limits),
    )


def _base(path: Path) -> tuple[int, ...]:
    """Return a path's changes in 0.01 %, rounded so that errors do not add up."""
    total, rounded = 0.0, 0
    base = []
    for change in path.changes:
        total += 100 * change
        base.append(round(total) - rounded)
        rounded = round(total)
    return tuple(base)


def _carried(path: Path, power: DevicePower) -> tuple[bool, ...]:
    """Say for each slot whether external power carries a device.

    The first slot goes by the rate that was measured, so that it has the power
    state that is shown, unless its power source is only supposed.
    """
    rates: list[float | None] = [change / (SLOT / HOUR) for change in path.changes]
    if path.plugged and path.plugged[0] == power.plugged:
        rates[0] = power.rate
    return tuple(
        on_power(plugged=plugged, rate=rate)
        for plugged, rate in zip(path.plugged, rates, strict=True)
    )


def _usage(power: DevicePower, running: int) -> Amounts:
    """Return what is in use; nothing where the device does not tell."""
    shares = [getattr(power.usage, resource) for resource in RESOURCES]
    cpu, memory, network = (round(100 * (share or 0)) for share in shares)
    return cpu, memory, network, running


def _states(limits: Limits) -> tuple[StateProblem, ...]:
    """Return the power states, from least to most."""
    return tuple(
        StateProblem(
            round(100 * row.up_to),
            (
                round(100 * row.cpu),
                round(100 * row.memory),
                round(100 * row.network),
                row.concurrency,
            ),
        )
        for row in (limits.states[state] for state in PowerState)
    )


def _targets(
    request: Request, device: str, at: datetime
) -> tuple[tuple[int, int], ...]:
    """Return the targets ahead of a device at the boundaries around them.

    Of several at one boundary it is the highest.
    """
    levels: dict[int, int] = {}
    for target in request.targets.get(device, ()):
        if target.at >= at:
            slots = (target.at - at) / SLOT
            for boundary in (floor(slots), ceil(slots)):
                level = round(100 * target.level)
                levels[boundary] = max(level, levels.get(boundary, 0))
    return tuple(sorted(levels.items()))
