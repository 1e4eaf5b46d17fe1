"""What becomes of dead letters (死信): somebody discards one, for good. That one is pushed again is traced by its entry's cause.

The core keeps no list of them: the journal has each, and whoever lists them reads it.
"""

from pipeline.core.case.decision import Decision, DiscardedLetter
from pipeline.core.case.turn import Turn
from pipeline.core.rules.redaction import without_personal_data
from schemas.errors import BadMessage
from schemas.inputs.letter_discard import DiscardLetter
from schemas.journal.partition_events import LetterDiscarded


def decide(discard: DiscardLetter, turn: Turn) -> Decision:
    """Who discards it, and why. Said twice it is so twice, and changes nothing more.

    Raises:
        BadMessage: the letter is of another partition, or none that could be written before this turn.
    """
    partition, epoch, seq = map(int, discard.letter.split(":")[:3])
    if partition != turn.partition or epoch > turn.epoch or seq >= turn.seq:
        raise BadMessage("unknown_letter", "letter", f"a dead letter of partition {turn.partition}")
    clean = without_personal_data(discard)
    event = LetterDiscarded(letter=clean.letter, action_id=clean.action_id, by=clean.by, why=clean.why)
    return Decision((event,), reply=DiscardedLetter(clean.action_id, clean.by))
