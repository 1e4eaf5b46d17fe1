"""Exports every series that these rules can move at 0, so that its first increment is visible as growth."""

from collections.abc import Iterator

from pipeline import metrics
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.rules import Rules
from pipeline.indicators.stock import Holder
from pipeline.metrics import NOBODY
from schemas.duty.duty_terms import DeviceState
from schemas.values.terms import Severity, Stage
from schemas.values.text import category_of


def begin(rules: Rules) -> None:
    """All counters that these rules can move are there, at 0."""
    for metric, series in metrics.INITIAL:
        for values in series(rules):
            metric.labels(*values)
    metrics.RULES_INFO.labels(rules.version).set(1)


def holders(rules: Rules) -> Iterator[Holder]:
    """Who may come to hold what, so that a team with nothing overdue shows 0 and not nothing: each team with all that it may hold, in
    the first street that has it; every further street once.
    """
    streets = list(rules.streets.values())
    first = {team: street.code for street in reversed(streets) for team in (NOBODY, *street.teams)}
    pairs = {(category_of(matter.code), matter.severity.value) for matter in rules.matters.values()}
    held = [
        (first.get(team, streets[0].code), team, category, severity)
        for category, team in sorted(set(_pairs(rules)))
        for severity in sorted(severity for own, severity in pairs if own == category)
    ]
    yield from held
    yield from ((street.code, NOBODY, *held[0][2:]) for street in streets[1:])


def stages(rules: Rules) -> Iterator[tuple[str, str, str]]:
    """Every stage of an open case with every severity, in the first street; every further street once."""
    first, *others = rules.streets
    for stage in (stage for stage in Stage if not STAGE_TABLE[stage].is_terminal):
        yield from ((first, stage.value, severity.value) for severity in Severity)
    yield from ((street, Stage.DISPATCH_PENDING.value, Severity.P4.value) for street in others)


def squads(rules: Rules) -> Iterator[tuple[str, str]]:
    """Each team of a street whose people are listed: one with nobody there shows 0."""
    yield from ((street, team) for street in rules.people for team in rules.streets[street].teams)


def devices(rules: Rules) -> Iterator[tuple[str, str, str]]:
    """Each state of the kinds of devices of such a street."""
    for street, people in rules.people.items():
        for kind in sorted({device.kind.value for device in people.devices.values()}):
            yield from ((street, kind, state.value) for state in DeviceState)


def _pairs(rules: Rules) -> Iterator[tuple[str, str]]:
    """Category and who may come to hold it: the lead, a squad, the centre, and nobody where the finder dealt with it."""
    squads = {
        team.id for street in rules.streets.values() for team in street.teams.values() if team.communities
    }
    for matter in rules.matters.values():
        for team in (matter.lead_team, rules.policy.centre_team, NOBODY, *squads):
            yield category_of(matter.code), team
        for name, department in rules.departments.items():
            if matter.code in department.handles:
                yield category_of(matter.code), name
