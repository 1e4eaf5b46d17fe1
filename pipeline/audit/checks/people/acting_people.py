"""I21: whoever acts on site is known, of the team, on duty and certified; a recording is of a camera that one of them had; and each team
that is given a case is told who of it could go.

Judged by the auditor's own account of who was there (`model.people.people_there`), of streets whose people the rules list, and only where the
journal is read from its beginning: leave and cameras out from before it are not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.checks.moves_and_holders import action_of
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.audit_tables import GOING, STAYS
from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.fold import Touched
from pipeline.audit.model.people.duty_memory import DutyMemory
from pipeline.audit.model.people.people_there import PeopleThere, holder_of, is_broken
from schemas.inputs.action import Action
from schemas.journal.events import ActionAccepted
from schemas.journal.joint_events import OfficersProposed
from schemas.values.evidence import Evidence
from schemas.values.terms import EvidenceKind, Role

_DONE_THERE: Final = frozenset({"arrive", "dispose", "penalise", "measure", "order_correction", "reinspect"})
"""What is done by people who are there."""
_PARTLY: Final = "the journal is not read from its beginning"


class _Scene(NamedTuple):
    """An action of a team that was accepted: which case it found, who there was, and what had happened to them."""

    action: Action
    team: str
    case: CaseMemory
    people: PeopleThere
    memory: DutyMemory

    def on_site(self) -> frozenset[str]:
        """Who arrived last for this case."""
        found = (self.people.officer(number, self.memory) for number in self.case.on_site)
        return frozenset(filter(None, found))


class ActingPeople:
    """One partition's cases."""

    def __init__(self, context: CheckContext, streets: Mapping[str, DutyMemory]) -> None:
        """`streets` is what the journal has told of each street up to the entry that is checked."""
        self._context = context
        self._holds = context.findings.holds
        self._streets: Final = streets
        self._seen: dict[str, set[str]] = {}
        """By case the evidence that was handed in: once it is there it is not asked again where it is from."""

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        for touched in touched_cases:
            self._check(joined, touched)
            if touched.has("case_retired"):
                self._seen.pop(touched.after.case_id, None)

    def end(self, join: Join) -> None:
        """Nothing is left to say."""

    def _check(self, joined: JoinedEntry, touched: Touched) -> None:
        accepted = touched.event("action_accepted")
        is_going = _going(touched.after) not in (None, _going(touched.before))
        proposed = touched.event("officers_proposed")
        if not (accepted or is_going or proposed) or not self._context.measures(joined, Invariant.I21):
            return
        people = self._context.audit_rules.people.get(touched.after.street)
        if people is None:
            return
        if not self._context.is_whole:
            self._context.findings.skip((Invariant.I21,), _PARTLY)
            return
        memory = self._streets.get(touched.after.street, DutyMemory())
        action = action_of(joined) if isinstance(accepted, ActionAccepted) else None
        team = action.actor.team if action else None
        if team in self._context.audit_rules.departments:
            team = None  # an owner who mends what is its own
        if action is not None and team is not None and touched.before is not None:
            self._acted(joined, _Scene(action, team, touched.before, people, memory))
        self._proposed(joined, touched, is_going, proposed, people, memory)

    def _acted(self, joined: JoinedEntry, scene: _Scene) -> None:
        place, case_id, action = joined.place, scene.case.case_id, scene.action
        is_done_there = action.action in _DONE_THERE
        for number in _named(action):
            lacks = self._lacks(scene, number, is_done_there)
            words = {
                "action": action.action,
                "officer": number,
                "team": scene.team,
                "lacks": ", ".join(lacks),
            }
            self._holds("acted_without", not lacks, place, case_id, **words)
        if action.action == "arrive":
            self._enough_certified(joined, scene)
        if is_done_there:
            seen = self._seen.setdefault(case_id, set())
            for item in getattr(action, "evidence", ()):
                if item.sha256 not in seen:
                    wrong = _wrong_camera(scene, item)
                    words = {"device": item.device or "-", "wrong": wrong or ""}
                    self._holds("recorded_without", wrong is None, place, case_id, **words)
                seen.add(item.sha256)

    def _lacks(self, scene: _Scene, number: str, is_done_there: bool) -> list[str]:
        people, memory, at = scene.people, scene.memory, scene.action.acted_at
        officer = people.officer(number, memory)
        if officer is None:
            return ["unknown_officer"]
        lacks = []
        if scene.team not in people.teams(officer, memory, at):
            lacks.append("officer_of_other_team")
        if is_done_there:
            has_stayed = scene.case.stage in STAYS and officer in scene.on_site()
            if not has_stayed and not people.is_there(officer, memory, at):
                lacks.append("not_on_duty")
            is_deciding = scene.action.action != "arrive"
            if is_deciding and not people.is_certified(officer, memory, scene.case.facts.matter, at):
                lacks.append("not_certified")
        return lacks

    def _enough_certified(self, joined: JoinedEntry, scene: _Scene) -> None:
        people, memory, at = scene.people, scene.memory, scene.action.acted_at
        officers = {people.officer(number, memory) for number in getattr(scene.action, "officers", ())}
        certified = [
            officer
            for officer in filter(None, officers)
            if people.is_certified(officer, memory, scene.case.facts.matter, at)
        ]
        least = self._context.audit_rules.officers_min
        words = {"certified": len(certified), "least": least}
        self._holds("arrived_uncertified", len(certified) >= least, joined.place, scene.case.case_id, **words)

    def _proposed(
        self,
        joined: JoinedEntry,
        touched: Touched,
        is_going: bool,
        event: object,
        people: PeopleThere,
        memory: DutyMemory,
    ) -> None:
        """A proposal stands with each giving to a team of the street, and with nothing else; what it says is so."""
        after, rules = touched.after, self._context.audit_rules
        is_due = is_going and after.team not in rules.departments
        team = after.team or "-"
        has_it = isinstance(event, OfficersProposed)
        self._holds("proposal_missing", is_due == has_it, joined.place, after.case_id, team=team)
        if isinstance(event, OfficersProposed):
            qualified = people.qualified(event.team, memory, after.facts.matter, event.at)
            wrong = [*_wrong_proposal(event, qualified, rules.officers_min)]
            camera = event.proposal.camera
            if camera is not None:
                holder = holder_of(camera, memory, event.at)
                if not people.is_reliable(camera, memory, event.at):
                    wrong.append("device_uncalibrated")
                if holder is not None and holder not in event.proposal.officers:
                    wrong.append("camera_not_theirs")
            words = {"team": event.team, "wrong": ", ".join(wrong)}
            self._holds("proposal_wrong", not wrong, joined.place, after.case_id, **words)


def _going(case: CaseMemory | None) -> tuple[int, str] | None:
    """The leg and the team that is to go out, while there is one."""
    if case is None or case.team is None or case.stage not in GOING:
        return None
    return case.leg, case.team


def _named(action: Action) -> Iterator[str]:
    """Every officer whom the action names; a squad is none."""
    if action.actor.role is Role.OFFICER:
        yield action.actor.id
    yield from getattr(action, "officers", ())
    yield from getattr(getattr(action, "facts", None), "officers", ())


def _wrong_camera(scene: _Scene, item: Evidence) -> str | None:
    """Why the recording proves nothing."""
    people, memory = scene.people, scene.memory
    is_recording = item.kind is EvidenceKind.BODYCAM
    if item.device is None or not people.has_device(item.device):
        return ("unknown_device" if item.device else "camera_missing") if is_recording else None
    there = {people.officer(number, memory) for number in _named(scene.action)} | scene.on_site()
    if holder_of(item.device, memory, item.taken_at) not in there - {None}:
        return "camera_not_theirs"
    if is_broken(item.device, memory, item.taken_at):
        return "device_broken"
    if people.is_camera(item.device) and not people.is_reliable(item.device, memory, item.taken_at):
        return "device_uncalibrated"
    return None


def _wrong_proposal(event: OfficersProposed, qualified: frozenset[str], least: int) -> Iterator[str]:
    """The fields of the proposal that cannot be so."""
    proposal, chosen = event.proposal, frozenset(event.proposal.officers)
    is_left_out = not proposal.is_enough and qualified - chosen
    if len(chosen) < len(proposal.officers) or chosen - qualified or is_left_out:
        yield "officers"
    if proposal.is_enough != (len(chosen) >= least):
        yield "is_enough"
    if proposal.enough_from is not None and (proposal.is_enough or proposal.enough_from <= event.at):
        yield "enough_from"
