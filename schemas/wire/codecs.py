"""One codec per message. Everything that crosses a topic goes through one of these."""

from pydantic import TypeAdapter

from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry
from schemas.outputs import Assignment, CallerRecord, DeadLetter, Notice, Position, Receipt
from schemas.state.case import Case
from schemas.wire.codec import Codec

REPORT: Codec[Report] = Codec(TypeAdapter(Report))
ACTION: Codec[Action] = Codec(TypeAdapter(Action))
JOURNAL_ENTRY: Codec[JournalEntry] = Codec(TypeAdapter(JournalEntry))
CASE: Codec[Case] = Codec(TypeAdapter(Case))
POSITION: Codec[Position] = Codec(TypeAdapter(Position))
ASSIGNMENT: Codec[Assignment] = Codec(TypeAdapter(Assignment))
RECEIPT: Codec[Receipt] = Codec(TypeAdapter(Receipt))
NOTICE: Codec[Notice] = Codec(TypeAdapter(Notice))
CALLER: Codec[CallerRecord] = Codec(TypeAdapter(CallerRecord))
DEAD_LETTER: Codec[DeadLetter] = Codec(TypeAdapter(DeadLetter))
