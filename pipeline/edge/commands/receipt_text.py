"""An answer to a push or an action, as one JSON object or as one line for people."""

from typing import Final

from pipeline.edge.client.receipt_waiting import NoReceipt
from pipeline.words.field_words import OUTCOMES, STAGES, Lang, duration, label, message_of, moment
from schemas.errors import BadMessage, PipelineError
from schemas.outputs import Receipt
from schemas.values.terms import ReportOutcome

Answer = Receipt | PipelineError
_VERSION: Final = "; rules "
"""Follows the rule in a receipt; on one line it is left out."""


def is_accepted(answer: Answer) -> bool:
    """Whether it was accepted or merged."""
    return isinstance(answer, Receipt) and answer.outcome in (ReportOutcome.ACCEPTED, ReportOutcome.MERGED)


def is_unanswered(answer: Answer) -> bool:
    """Whether it is unknown what became of it."""
    return isinstance(answer, NoReceipt)


def as_json(answer: Answer, lang: Lang) -> dict[str, object]:
    """Always the same keys; null where there is nothing to say. `outcome` is `error` where there is no receipt."""
    if isinstance(answer, PipelineError):
        bad = answer if isinstance(answer, BadMessage) else None
        return _keys(
            outcome="error",
            code=answer.code,
            field=bad.field if bad else "",
            allowed=bad.allowed if bad else "",
            rule="",
            message=answer.message,
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
        receipt_id=answer.receipt_id,
        at=answer.at.isoformat(),
    )


def as_line(answer: Answer, lang: Lang) -> str:
    """What a person wants to know: what became of it, of which case, with whom, until when; or what is wrong."""
    if isinstance(answer, PipelineError):
        return f"✗ error[{answer.code}]: {answer.message}"
    said = [OUTCOMES[answer.outcome][lang]]
    if answer.case_id:
        said.append(answer.case_id)
    if answer.stage:
        said.append(STAGES[answer.stage][lang])
    if answer.team:
        said.append(f"{label('team', lang)} {answer.team}")
    if answer.due_at:
        said.append(
            f"{label('due', lang)} {moment(answer.due_at)} ({duration(answer.due_at - answer.at, lang)})"
        )
    if is_accepted(answer):
        return f"✓ {' · '.join(said)}"
    why = f"[{answer.code}] {message_of(answer, lang)}"
    rule, _, _ = answer.rule.partition(_VERSION)
    told = [answer.field, *_named(lang, allowed=answer.allowed, rule=rule)]
    where = "; ".join(one for one in told if one)
    return f"✗ {' · '.join(said)} {why}{f' ({where})' if where else ''}"


def _named(lang: Lang, **said: str) -> list[str]:
    return [f"{label(name, lang)}: {what}" for name, what in said.items() if what]


def _keys(**known: object) -> dict[str, object]:
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
    )
    return {name: known.get(name) for name in (*names, "receipt_id", "at")}
