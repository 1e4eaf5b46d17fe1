"""Builds actions: the actor is given once, ids and times are filled in, and a wrong field is refused before it is pushed."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar, cast

from schemas.inputs.action import Action, action_name
from schemas.inputs.action_base import ActionBase, Actor
from schemas.values.terms import Role
from schemas.wire import codecs

A = TypeVar("A", bound=ActionBase)


def now_utc() -> datetime:
    """The time of day by this machine's clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh, unique id."""
    return uuid.uuid4().hex


class ActionBuilder:
    """Builds the actions of one actor, each ready to be pushed.

    Keep an action and push the same one again when no receipt came: its id makes that safe.

        builder = ActionBuilder.of("W0931", Role.OFFICER, "city-appearance")
        client.act(builder.build(Arrive, case_id, officers=("C001", "C002")))
    """

    def __init__(
        self,
        actor: Actor,
        clock: Callable[[], datetime] = now_utc,
        ids: Callable[[], str] = new_id,
    ) -> None:
        """`actor` acts, at the time that `clock` shows."""
        self._actor = actor
        self._clock = clock
        self._ids = ids

    @classmethod
    def of(cls, person: str, role: Role, team: str | None = None) -> "ActionBuilder":
        """Builds for `person` in that role and for `team`, by this machine's clock."""
        return cls(Actor(id=person, role=role, team=team))

    def build(
        self, kind: type[A], case_id: str, *, expected_version: int | None = None, **fields: object
    ) -> A:
        """An action of this kind (any of `schemas.inputs.action`) on the case, with its own fields by name.

        `expected_version` lets the pipeline refuse (`stale_version`) what was decided on an older state of the case.

        Raises:
            BadMessage: a field holds what the contract does not allow.
            TypeError: the action has no such field, or lacks one.
        """
        action = kind(
            action_id=self._ids(),
            case_id=case_id,
            actor=self._actor,
            acted_at=self._clock(),
            expected_version=expected_version,
            **fields,
        )
        door = codecs.action_door(action_name(kind))
        door.decode_strictly(door.encode(cast(Action, action)))
        return action
