"""Which matters a report may be about, for one that does not name its own: what it is recognised as, and what fits nearly as well."""

from typing import Final

from pipeline.core.duplicates.duplicate_rules import FitRules
from pipeline.core.duplicates.report_said import Subjects
from pipeline.core.recognise.recogniser import RecognitionRules
from schemas.values.recognised_text import Verdict


def recognised_subjects(rules: RecognitionRules, fits: FitRules, text: str, category: str = "") -> Subjects:
    """The matters that fit, the best first; none where little is said, or all of it is no enforcement."""
    ranked = rules.recogniser.rank(text, category)
    best = ranked[0].points
    if best < rules.margins.least:
        return Subjects()
    is_decided = rules.decide(ranked).verdict is Verdict.MATTER
    percent, most = (
        (fits.decided_percent, fits.decided_most) if is_decided else (fits.asked_percent, fits.asked_most)
    )
    codes = [subject.code for subject in ranked if subject.points * 100 >= best * percent]
    matters = [code for code in codes[:_LOOKED_AT_MAX] if code not in rules.kinds]
    return Subjects(tuple(matters[:most]), certain=is_decided)


_LOOKED_AT_MAX: Final = 6
