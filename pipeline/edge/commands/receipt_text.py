"""An answer to a push or an action, as one JSON object or as one line for people."""

from collections.abc import Iterator
from typing import Final

from msgspec import to_builtins

from pipeline.edge.client.receipt_waiting import NoReceipt
from pipeline.words.error_words import words_of
from pipeline.words.field_words import ENDS, OUTCOMES, STAGES, Lang, duration, label, message_of, moment
from pipeline.words.intake_words import OWNERS, added_line, left_out_line
from pipeline.words.recognition_words import answer_line, missing_line, recognised_line
from pipeline.words.spoken import told_in
from schemas.errors import BadMessage, PipelineError
from schemas.outputs import Fault, Receipt
from schemas.values.terms import ReportOutcome

_YES: Final = (
    ReportOutcome.ACCEPTED,
    ReportOutcome.MERGED,
    ReportOutcome.ANSWERED,
    ReportOutcome.UPDATED,
)
Answer = Receipt | PipelineError
_MORE: Final = (
    *(
        "receipt_id",
        "at",
        "faults",
        "differs",
        "left_out",
        "ended",
        "recognised",
        "missing",
        "answer",
        "added",
    ),
)
_VERSION: Final = "; rules "
"""Begins the rules version after the rule in a receipt; the one line leaves it out."""


def is_accepted(answer: Answer) -> bool:
    """Whether it was accepted, merged, answered directly, or is an update of its case."""
    return isinstance(answer, Receipt) and answer.outcome in _YES


def is_unanswered(answer: Answer) -> bool:
    """Whether no receipt came, so that the outcome is unknown."""
    return isinstance(answer, NoReceipt)


def as_json(answer: Answer, lang: Lang) -> dict[str, object]:
    """Always the same keys, null where there is no value. `outcome` is `error` where there is no receipt."""
    if isinstance(answer, PipelineError):
        bad = answer if isinstance(answer, BadMessage) else None
        return _keys(
            outcome="error",
            code=answer.code,
            field=bad.field if bad else "",
            allowed=bad.allowed if bad else "",
            rule="",
            message=words_of(answer, lang),
            faults=[_fault(one) for one in (bad, *bad.also)] if bad else [],
            left_out=[],
            missing=[],
            added=[],
        )
    return _keys(
        outcome=answer.outcome.value,
        code=answer.code,
        field=answer.field,
        allowed=answer.allowed,
        rule=answer.rule,
        message=message_of(answer, lang),
        case_id=answer.case_id,
        case_version=answer.case_version,
        stage=answer.stage.value if answer.stage else None,
        team=answer.team,
        due_at=answer.due_at.isoformat() if answer.due_at else None,
        due_by=answer.due_by.value if answer.due_by else None,
        differs=answer.differs,
        ended=to_builtins(answer.ended),
        receipt_id=answer.receipt_id,
        at=answer.at.isoformat(),
        faults=[_fault(one) for one in answer.faults],
        left_out=[{"field": one.field, "why": one.why.value} for one in answer.left_out],
        recognised=to_builtins(answer.recognised),
        missing=[one.value for one in answer.missing],
        answer=to_builtins(answer.answer),
        added=[one.value for one in answer.added],
    )


def fault_of(answer: Answer) -> dict[str, str]:
    """What is wrong with a row that was refused: code, field, and what is allowed."""
    if isinstance(answer, BadMessage | Receipt):
        return {"code": answer.code or "", "field": answer.field, "allowed": answer.allowed}
    return {"code": answer.code, "field": "", "allowed": ""}


def _fault(fault: Fault | BadMessage) -> dict[str, str]:
    return {"code": fault.code, "field": fault.field, "allowed": fault.allowed}


def as_line(answer: Answer, lang: Lang) -> str:
    """Outcome, case, stage, team and deadline; or what is wrong, with field, allowed values and rule."""
    if is_unanswered(answer):
        return f"… {label('sent_only', lang)}"
    if isinstance(answer, PipelineError):
        return f"✗ error[{answer.code}]: {words_of(answer, lang)}"
    parts = [OUTCOMES[answer.outcome][lang]]
    if answer.case_id:
        parts.append(answer.case_id)
    if answer.stage:
        parts.append(STAGES[answer.stage][lang])
    if answer.team:
        parts.append(f"{label('team', lang)} {answer.team}")
    if answer.due_at:
        parts.append(
            f"{label('due', lang)} {moment(answer.due_at)} ({duration(answer.due_at - answer.at, lang)})"
            f"{f' {OWNERS[answer.due_by][lang]}' if answer.due_by else ''}"
        )
    parts += _became(answer, lang)
    if is_accepted(answer):
        is_update = answer.outcome is ReportOutcome.UPDATED
        says_more = answer.differs or answer.answer is not None or is_update
        notes = [
            recognised_line(answer.recognised, lang) if answer.recognised else "",
            label("like_case", lang, case=answer.suspected) if answer.suspected else "",
            missing_line(answer.missing, lang),
            message_of(answer, lang) if says_more else "",
            answer_line(answer.answer, lang) if answer.answer else "",
            added_line(answer.added, lang),
            left_out_line(answer.left_out, lang),
        ]
        return " ".join([f"✓ {' · '.join(parts)}", *(f"({note})" for note in notes if note)])
    why = f"[{answer.code}] {message_of(answer, lang)}"
    rule, _, _ = answer.rule.partition(_VERSION)
    details = [answer.field, *_named(lang, allowed=answer.allowed, rule=rule)]
    where = "; ".join(detail for detail in details if detail)
    others = "".join(f"; {_also(fault, lang)}" for fault in answer.faults[1:])
    return f"✗ {' · '.join(parts)} {why}{f' ({where})' if where else ''}{others}"


def _became(answer: Receipt, lang: Lang) -> Iterator[str]:
    """When and how the case of a report that comes again has ended, and into which it was merged, or moved."""
    ended = answer.ended
    if ended is None:
        return
    if ended.merged_into:
        yield f"{label('merged_into', lang)} {ended.merged_into}"
    if ended.moved_to:
        yield f"{label('moved_to', lang)} {ended.moved_to}"
    if ended.at:
        how = f" {ENDS[ended.outcome][lang]}" if ended.outcome else ""
        yield f"{label('closed', lang)} {moment(ended.at)}{how}"


def _also(fault: Fault, lang: Lang) -> str:
    """A further fault, in short."""
    details = [fault.field, *_named(lang, allowed=fault.allowed)]
    return f"{label('also', lang)} [{fault.code}] {'; '.join(detail for detail in details if detail)}"


def _named(lang: Lang, **details: str) -> list[str]:
    return [f"{label(name, lang)}: {told_in(lang, what)}" for name, what in details.items() if what]


def _keys(**values: object) -> dict[str, object]:
    names = (
        "outcome",
        "code",
        "field",
        "allowed",
        "rule",
        "message",
        "case_id",
        "case_version",
        "stage",
        "team",
        "due_at",
        "due_by",
    )
    return {name: values.get(name) for name in (*names, *_MORE)}
