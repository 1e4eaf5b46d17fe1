"""The guards of amounts, and of the simple procedure (当场处罚), which is open to small fines only: as in `guards`, one function per guard."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.penalty_records import kinds_of
from schemas.values.penalty_terms import Gravity, PenaltyKind
from schemas.values.terms import PenaltyStep as Step


def _over_range(context: GuardContext) -> Missing | None:
    # 行政处罚法 4; how much, the article of the matter that holds for the breach (行政处罚法 37)
    fines = context.fines()
    if fines is None or (context.facts.fine_yuan or 0) <= fines.most.of(context.party()):
        return None
    return Missing("facts.fine_yuan", f"at most {fines.most.of(context.party())} yuan: {fines.cited}")


def _outside_discretion(context: GuardContext) -> Missing | None:
    """A fine keeps to the band of its gravity; mitigated it may be less, and what the heads discussed together keeps to the law alone."""
    # 行政处罚法 34; lighter, or less than the least: 32
    fines, fine = context.fines(), context.facts.fine_yuan
    if fines is None or not (fine or PenaltyKind.FINE in context.facts.kinds):
        return None
    gravity = context.latest(lambda facts: facts.gravity)
    if gravity is None:
        return Missing("facts.gravity", f"by the discretion table: {', '.join(Gravity)}")
    party, mitigated = context.party(), context.latest(lambda facts: facts.mitigation) is not None
    least, most = fines.band(gravity, party, context.parameters.discretion)
    if context.facts.discussed:
        least, most = fines.least.of(party), fines.most.of(party)
    if (mitigated or least <= (fine or 0)) and (fine or 0) <= most:
        return None
    return Missing("facts.fine_yuan", f"from {least} to {most} yuan with {gravity}: {fines.cited}")


def _simple_matter(context: GuardContext) -> Missing | None:
    # 行政处罚法 51
    matter, fines = context.matter, context.fines()
    if context.parameters.simple_procedure not in matter.procedures:
        return Missing("step", f"filed: {matter.code} takes the ordinary procedure")
    if fines is None or not context.facts.fine_yuan:
        return None
    limit, least = context.parameters.simple_fine.of(context.party()), fines.least.of(context.party())
    if least <= limit:
        return None
    return Missing("step", f"filed: on the spot at most {limit} yuan, {fines.cited} asks for {least} or more")


def _simple_fine(context: GuardContext) -> Missing | None:
    # 行政处罚法 51
    limit, kinds = context.parameters.simple_fine.of(context.party()), kinds_of(context.facts)
    if (context.facts.fine_yuan or 0) > limit:
        return Missing("facts.fine_yuan", f"at most {limit} yuan, or the ordinary procedure")
    if not kinds or kinds - context.parameters.simple_kinds:
        return Missing(
            "facts.kinds", f"{', '.join(sorted(context.parameters.simple_kinds))}, or the ordinary procedure"
        )
    return None


def _on_spot(context: GuardContext) -> Missing | None:
    # 行政处罚法 68
    collected = context.facts.collected_on_spot_yuan
    if not collected:
        return None
    field = "facts.collected_on_spot_yuan"
    if context.step is not Step.SIMPLE_DECIDED and context.record(Step.SIMPLE_DECIDED) is None:
        return Missing(field, "0: an ordinary decision is paid at a bank")
    if collected > context.fine_yuan():
        return Missing(field, f"at most the fine, {context.fine_yuan()} yuan")
    limit = context.parameters.on_spot_max_yuan
    if context.fine_yuan() <= limit or context.facts.hard_to_collect_later:
        return None
    return Missing(field, f"0 where the fine is over {limit} yuan, unless hard_to_collect_later")


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "FINE_OVER_RANGE": GuardCheck(frozenset({Step.NOTICED, Step.SIMPLE_DECIDED}), _over_range),
    "FINE_OUTSIDE_DISCRETION": GuardCheck(
        frozenset({Step.NOTICED, Step.DECIDED, Step.SIMPLE_DECIDED}), _outside_discretion
    ),
    "SIMPLE_NOT_FOR_MATTER": GuardCheck(frozenset({Step.SIMPLE_DECIDED}), _simple_matter),
    "SIMPLE_FINE_OVER_LIMIT": GuardCheck(frozenset({Step.SIMPLE_DECIDED}), _simple_fine),
    "ONSPOT_COLLECTION_OVER_LIMIT": GuardCheck(frozenset({Step.SIMPLE_DECIDED, Step.PAID}), _on_spot),
}
