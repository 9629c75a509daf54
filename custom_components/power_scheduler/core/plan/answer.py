"""From a plan to decisions, each with what led to it."""

from collections.abc import Sequence
from dataclasses import replace

from ..decision import Decision, Outcome
from ..reason import Reason, ReasonCode
from ..task import Task
from .advice import Adviser
from .blind import UNREAD
from .course import courses
from .draft import Draft
from .explain import alone, at_first, distance, reasons
from .hopeless import hopeless
from .moments import starts
from .obstacle import displacing
from .problem import Option, Placement, Placements
from .rules import Failure, failures
from .verdict import Case


class Answer:
    """The decisions that a plan comes to."""

    def __init__(self, case: Case, placements: Placements) -> None:
        """Simulate the solution once more, for the levels that are told."""
        self._case = case
        self._problem = case.posed.problem
        self._placements = placements
        self._courses = courses(self._problem, placements)
        self._draft = Draft.holding(self._problem, placements)
        self._starts = starts(case, self._draft)
        self._adviser = Adviser(case)
        named = reversed(case.request.tasks)
        self._asked = {t.id: t for t in named if isinstance(t, Task)}
        tasks = self._problem.tasks
        self._blind = case.blind(i for i in range(len(tasks)) if i not in placements)
        self._hopeless = hopeless(case, placements, self._blind)

    def decision(self, task: int) -> Decision:
        """Return the decision on a task."""
        if place := self._placements.get(task):
            return self._placed(task, place)
        blind = self._blind.get(task)
        if blind is not None and blind.outcome is Outcome.RUN_NOW:
            return blind
        unread = [r for r in blind.reasons if r.code in UNREAD] if blind else []
        return self._unplaced(task, unread)

    def _placed(self, task: int, place: Placement) -> Decision:
        """Return the decision on a task that has a place."""
        number = place.option.device
        reasons = self._why_not_now(task, place.option) if place.start else []
        start, course = self._starts[task], self._courses[number]
        return self._case.placed(task, place, start, course, reasons)

    def _why_not_now(self, task: int, option: Option) -> list[Reason]:
        """Return what keeps a task that is planned from running at once."""
        asked = self._asked[self._problem.tasks[task].id]
        is_early = (
            asked.earliest is not None and asked.earliest > self._case.snapshot.at
        )
        failing = [
            failure
            for failure in alone(self._problem, task, option, 0)
            if is_early or failure.code is not ReasonCode.BEFORE_EARLIEST
        ]
        if failing or asked.after:
            # Behind what runs on unknown devices it was posed with a later one.
            return [
                replace(r, required=asked.earliest)
                if r.code is ReasonCode.BEFORE_EARLIEST
                else r
                for r in self._reasons(task, option, failing, asked.after)
            ]
        device = self._case.posed.devices[option.device]
        later = Reason(code=ReasonCode.BETTER_LATER, device=device)
        return self._displaced(task, Placement(option, 0)) or [later]

    def _unplaced(self, task: int, unread: Sequence[Reason]) -> Decision:
        """Return the decision on a task without a place on a known device."""
        case, wanted = self._case, self._problem.tasks[task]
        missing = tuple(i for i in wanted.after if i not in self._placements)
        ends = [self._placements[i].end for i in wanted.after if i not in missing]
        place = case.first_alone(task, max(ends, default=0))
        option = place.option if place else self._nearest(task)
        change = None
        if missing:
            reasons = self._waits(task, option, missing)
        elif place is not None:
            reasons = self._displaced(task, place)
        elif ends and case.first_alone(task) is not None:
            reasons = self._waits(task, option, wanted.after)
        else:
            failing = at_first(self._problem, task, option)
            reasons = self._reasons(task, option, failing)
            if not wanted.after:
                change = self._adviser.cheapest(task, option)
        return Decision(
            task=wanted.id,
            outcome=Outcome.REJECTED if task in self._hopeless else Outcome.DEFERRED,
            device=case.posed.devices[option.device],
            reasons=(*reasons, *unread),
            would_run_if=change,
            not_limited_by=case.not_limited_by(option.device),
        )

    def _nearest(self, task: int) -> Option:
        """Return the option whose rules are nearest to being satisfied at first."""
        return min(
            self._problem.tasks[task].options,
            key=lambda option: sum(
                map(distance, at_first(self._problem, task, option))
            ),
        )

    def _displaced(self, task: int, place: Placement) -> list[Reason]:
        """Return by which tasks a task was kept from a place that it could have alone.

        If what it waits for is in the way itself: the rules that fail beside that.
        """
        before = self._draft.before(task)
        if names := displacing(self._draft, task, place, before.keys()):
            device = self._case.posed.devices[place.option.device]
            tasks = tuple(self._problem.tasks[i].id for i in names)
            return [Reason(code=ReasonCode.DISPLACED, device=device, tasks=tasks)]
        placements = {**before, task: place}
        beside = dict(enumerate(courses(self._problem, placements)))
        failing = failures(self._problem, task, placements, beside)
        return self._reasons(task, place.option, failing)

    def _waits(self, task: int, option: Option, tasks: tuple[int, ...]) -> list[Reason]:
        """Return the reason of a task that waits for others."""
        failure = Failure(ReasonCode.WAITS_FOR_TASK, tasks=tasks)
        return self._reasons(task, option, [failure])

    def _reasons(
        self,
        task: int,
        option: Option,
        failing: list[Failure],
        after: tuple[str, ...] = (),
    ) -> list[Reason]:
        """Return failures as reasons, and what is waited for as one more."""
        posed, at = self._case.posed, self._case.snapshot.at
        return reasons(posed, at, task, option.device, failing, after)
