"""The clock of a search that works beside the event loop."""

import pytest

from custom_components.power_scheduler import stopwatch


def test_it_lets_others_in_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """It pauses when enough time has passed since the last pause, and not before."""
    now = 100.0
    pauses = []

    def pause(seconds: float) -> None:
        """Let a millisecond pass, whatever was asked for."""
        nonlocal now
        pauses.append(seconds)
        now += 0.001

    monkeypatch.setattr(stopwatch, "monotonic", lambda: now)
    monkeypatch.setattr(stopwatch, "sleep", pause)
    watch = stopwatch.Stopwatch()
    assert watch() == 100
    now += stopwatch.STRETCH / 2
    assert watch() == now
    assert not pauses
    now += stopwatch.STRETCH
    before = now
    assert watch() == now == before + 0.001
    assert watch() == now
    assert pauses == [stopwatch.PAUSE]
