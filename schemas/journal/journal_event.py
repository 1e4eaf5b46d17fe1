"""What every event of the journal has: a name with a version, which stands first in its JSON."""

from schemas.wire.contract import Contract


class JournalEvent(Contract, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened. A released event is never edited: a new version gets a new tag."""

    @property
    def event(self) -> str:
        """Its name and version, such as "case_opened.v1"."""
        return event_name(type(self))


def event_name(kind: type[JournalEvent]) -> str:
    """The name and version of this kind of event."""
    return str(kind.__struct_config__.tag)
