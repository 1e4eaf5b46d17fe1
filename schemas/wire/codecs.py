"""One codec per message. Everything that crosses a topic goes through one of these."""

from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry
from schemas.outputs import Assignment, CallerRecord, DeadLetter, Notice, Position, Receipt
from schemas.state.case import Case
from schemas.wire.codec import Codec, Door

REPORT: Door[Report] = Door(Report)
ACTION: Door[Action] = Door(Action)
JOURNAL_ENTRY: Codec[JournalEntry] = Codec(JournalEntry)
CASE: Codec[Case] = Codec(Case)
POSITION: Codec[Position] = Codec(Position)
ASSIGNMENT: Codec[Assignment] = Codec(Assignment)
RECEIPT: Codec[Receipt] = Codec(Receipt)
NOTICE: Codec[Notice] = Codec(Notice)
CALLER: Codec[CallerRecord] = Codec(CallerRecord)
DEAD_LETTER: Codec[DeadLetter] = Codec(DeadLetter)
