"""What a report is about: by the code that it names, else by its text.

a matter         ─► the case opens, with the words that say so
no enforcement   ─► answered directly (直接答复), with the words for its caller
not plain        ─► a person of the centre says it (待研判); until then no matter stands in the case
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.recognise.recogniser import Recognition, RecognitionRules, Subject
from pipeline.core.rules.redaction import scrub
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Matter, Rules
from schemas import limits
from schemas.inputs.report import Report
from schemas.values.hotline_order import OrderKind
from schemas.values.recognised_text import DirectAnswer, RankedSubject, Reason, Recognised, SaidWord, Verdict
from schemas.values.terms import Severity, Urgency
from schemas.values.text import UNDETERMINED


class TakenFor(NamedTuple):
    """What a report is about. `recognised`: what that rests on, where it named no matter; `answer`: where it is none."""

    matter: Matter
    recognised: Recognised | None = None
    answer: DirectAnswer | None = None


def refuse_matter(rules: Rules, report: Report) -> Refusal | None:
    """Why nothing can be made of what the report says of its matter; None where it is known, or can be recognised."""
    count = len(rules.matters)
    allowed = f"one of {count} matters, see rules/matters.yaml"
    if report.matter is not None:
        return None if report.matter in rules.matters else Refusal("unknown_matter", "matter", allowed)
    recognition = rules.recognition
    if recognition is None:
        return Refusal("matter_missing", "matter", allowed)
    if not (report.text or report.category or report.proposal):
        return Refusal(
            "matter_missing", "matter", f"one of {count} matters, see rules/matters.yaml; or a text"
        )
    for number, candidate in enumerate(report.proposal or ()):
        if candidate.code not in rules.matters and candidate.code not in recognition.kinds:
            kinds = ", ".join(recognition.kinds)
            either = f"one of {count} matters, see rules/matters.yaml; or {kinds}"
            return Refusal("unknown_matter", f"proposal.{number}.code", either)
    return None


def taken_for(rules: Rules, report: Report, text: str) -> TakenFor:
    """What the report is about; nothing is wrong with its matter. `text` is its own, free of personal data."""
    if report.matter is not None or rules.recognition is None:
        return TakenFor(rules.matter_of(report.matter or UNDETERMINED))
    proposed = report.proposal is not None
    recognition = _recognition(rules.recognition, report, text)
    recognised = _told(recognition, proposed=proposed)
    if recognition.verdict is Verdict.MATTER:
        return TakenFor(rules.matters[recognition.best.code], recognised)
    if _is_enquiry(report, recognition):
        answer = answer_of(rules.recognition, OrderKind.CONSULT.value)
        return TakenFor(
            rules.matter_of(UNDETERMINED), replace(recognised, verdict=Verdict.NOT_ENFORCEMENT), answer
        )
    unknown = rules.matter_of(UNDETERMINED)
    if recognition.verdict is Verdict.NOT_ENFORCEMENT and report.alarm is not None:
        # a device asks nothing, and there is nobody to answer: somebody looks at it
        ask = replace(recognised, verdict=Verdict.ASK, reason=Reason.MAY_BE_ENFORCEMENT)
        return TakenFor(unknown, ask)
    if recognition.verdict is Verdict.NOT_ENFORCEMENT:
        answer = answer_of(rules.recognition, recognition.best.code)
        return TakenFor(unknown, recognised, answer)
    return TakenFor(unknown, recognised)


def _is_enquiry(report: Report, recognition: Recognition) -> bool:
    """Whether the hotline took it for an enquiry, and the text may be one: it is neither plainly nor likely anything else."""
    if report.order is None or report.order.kind is not OrderKind.CONSULT or report.alarm is not None:
        return False
    best = recognition.best.code
    return best == OrderKind.CONSULT.value and recognition.verdict is Verdict.ASK


def answer_of(rules: RecognitionRules, kind: str) -> DirectAnswer:
    """What is told to the caller of something of this kind.

    Raises:
        KeyError: no such kind.
    """
    told = rules.kinds[kind]
    return DirectAnswer(
        kind=kind, reply_zh=told.reply_zh, reply_en=told.reply_en, emergency=told.is_emergency
    )


def severity_of(rules: Rules, matter: Matter, urgency: Urgency) -> Severity:
    """How severe a case of this matter is; while nobody knows the matter, as the policy says."""
    if urgency is Urgency.CRITICAL:
        return Severity.P1
    return rules.policy.assessed_as if matter.code == UNDETERMINED else matter.severity


def names_in(report: Report) -> tuple[str, ...]:
    """The names that do not stay in a text of this report."""
    return (report.caller.name,) if report.caller and report.caller.name else ()


def _recognition(rules: RecognitionRules, report: Report, text: str) -> Recognition:
    if report.proposal is None:
        return rules.recognise(text, report.category or "")
    ranked = sorted(report.proposal, key=lambda candidate: -candidate.points)
    return rules.decide([_subject(candidate, names_in(report)) for candidate in ranked])


def _subject(candidate: RankedSubject, names: Sequence[str]) -> Subject:
    """A candidate of the sender's, its words free of personal data, too."""
    words = [(scrub(one.word, limits.RECOGNISED_WORD_MAX, names), one.points) for one in candidate.words]
    return Subject(candidate.code, candidate.points, words)


def _told(recognition: Recognition, *, proposed: bool) -> Recognised:
    return Recognised(
        verdict=recognition.verdict,
        reason=recognition.reason,
        best=_candidate(recognition.best),
        second=_candidate(recognition.second),
        proposed=proposed,
    )


def _candidate(subject: Subject) -> RankedSubject:
    words = subject.evidence[: limits.RECOGNISED_WORDS_MAX]
    return RankedSubject(
        code=subject.code,
        points=subject.points,
        words=tuple(
            SaidWord(word=word[: limits.RECOGNISED_WORD_MAX], points=points) for word, points in words
        ),
    )
