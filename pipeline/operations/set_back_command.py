"""`enforcement topics set-back`: shows what a partition has dated ahead of the brokers, asks, and sets its time back."""

from datetime import timedelta
from typing import Final

import click

from pipeline.broker.local_settings import local_settings
from pipeline.core.worktime.office_hours import day_of
from pipeline.edge.commands import terminal
from pipeline.operations.fenced_writing import writing_errors, writing_parts
from pipeline.stream.brokers import Brokers
from pipeline.stream.partition.set_back import CaseAhead, DatedAhead, NotAhead, look, set_back
from pipeline.words.command_line import command
from pipeline.words.field_words import CLOCKS, STAGES, TIMERS, Lang, exactly, to_second
from pipeline.words.spoken import said
from schemas import topics
from schemas.errors import BadMessage, Unavailable
from schemas.journal.entry import SetBackCause
from schemas.state.case import Timer
from schemas.values.terms import ClockKind
from schemas.wire.codec import Codec

_SHOWN_MAX: Final = 20
_CAUSE: Final = Codec[SetBackCause](SetBackCause)


@command("set-back")
@click.option(
    "--partition",
    type=click.IntRange(0),
    required=True,
    metavar="N",
    help="Which partition; a worker's log names it.",
)
@click.option("--actor", required=True, metavar="ID", help="Who sets it back, as the journal will say.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, as the journal will say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal.output_options
def set_back_command(partition: int, actor: str, reason: str, yes: bool, as_json: bool, lang: Lang) -> None:
    """Set a partition's time back to the brokers', where its last entry is dated ahead of them.

    \b
    Example:
      enforcement topics set-back --partition 3 --actor W0931 --reason "clock of worker 2 a day ahead"

    A worker or a broker whose clock was wrong leaves entries of tomorrow; a partition's time never runs back by itself, so all that comes
    counts as of tomorrow. This shows what is dated ahead, asks, and writes one entry that says who set the time back, and why, in one
    transaction. What comes then counts as of when it comes. Workers may go on: the one that has the partition opens it anew.

    No case is changed. A clock that began ahead is due by its own beginning, what fired before it was due stays so, and what the law lets
    run from a step counts from the step's time: look at each case that is named.

    The settings are those of the workers (ENFORCEMENT_APP_ID, ENFORCEMENT_TOPIC_PREFIX), and so are the rights. Ends with 1 if nothing is
    ahead (not_ahead), 71 if this machine's own clock is wrong.
    """
    nothing = said("there is nothing to set back")
    with terminal.one_line_errors(lang), writing_errors(lang, NotAhead, nothing):
        settings = local_settings()
        cause = _CAUSE.decode_strictly(_CAUSE.encode(SetBackCause(by=actor, reason=reason)))
        if not cause.reason:
            raise BadMessage("too_short", "reason", "why the time is set back")
        parts = writing_parts(settings)
        _is_there(parts.brokers, partition)
        _show(partition, look(parts, partition), as_json, lang)
        if not yes:
            click.confirm(
                said("Set the time of partition {partition} back?", partition=partition), abort=True, err=True
            )
        before, at = set_back(parts, partition, cause)
    if as_json:
        done = {"what": "set_back", "partition": partition, "before": to_second(before), "at": to_second(at)}
        terminal.say_json(done)
        return
    words = "partition {partition}: set back from {before} to {at}; what comes counts as of when it comes"
    terminal.say(said(words, partition=partition, before=to_second(before), at=to_second(at)))


def _is_there(brokers: Brokers, partition: int) -> None:
    facts = brokers.topics([topics.CASES]).get(topics.CASES)
    if facts is None:
        raise Unavailable("topic_missing", f"there is no {topics.CASES}")
    if partition >= facts.partitions:
        raise BadMessage("out_of_range", "partition", f"0 to {facts.partitions - 1}")


def _show(partition: int, ahead: DatedAhead, as_json: bool, lang: Lang) -> None:
    if as_json:
        terminal.say_json(_as_object(partition, ahead))
        return
    seconds = (ahead.at - ahead.now) // timedelta(seconds=1)
    words = "partition {partition}: the last entry is dated {at}, {span} ahead of this machine's clock, {now}"
    now = to_second(ahead.now)
    terminal.say(
        said(words, partition=partition, at=to_second(ahead.at), span=exactly(seconds, lang), now=now)
    )
    entries, cases = ahead.entries, len(ahead.cases)
    terminal.say(
        said("entries dated ahead: {entries}; cases touched by them: {cases}", entries=entries, cases=cases)
    )
    if day_of(ahead.at).replace(day=1) > day_of(ahead.now):
        terminal.say(
            said("they reach into a later month, and count in its report, not in that of this month")
        )
    for case in ahead.cases[:_SHOWN_MAX]:
        terminal.say(f"  {case.case_id}  {_in_words(case, lang)}")
    if cases > _SHOWN_MAX:
        terminal.say(said("  and {more} more: --json has all", more=cases - _SHOWN_MAX))


def _in_words(case: CaseAhead, lang: Lang) -> str:
    parts = [STAGES[case.stage][lang] if case.stage else said("kept no longer")]
    if case.opened:
        parts.append(said("opened ahead"))
    if case.clocks:
        parts.append(said("clocks with times ahead: {clocks}", clocks=_names(case.clocks, lang)))
    if case.fired:
        names = (f"{TIMERS[timer.kind][lang]}{_of_clock(timer, lang)}" for timer in case.fired)
        parts.append(said("fired before they are due: {timers}", timers=", ".join(dict.fromkeys(names))))
    return "; ".join(parts)


def _of_clock(timer: Timer, lang: Lang) -> str:
    return f" ({CLOCKS[timer.clock][lang]})" if timer.clock else ""


def _names(kinds: tuple[ClockKind, ...], lang: Lang) -> str:
    return ", ".join(dict.fromkeys(CLOCKS[kind][lang] for kind in kinds))


def _as_object(partition: int, ahead: DatedAhead) -> dict[str, object]:
    return {
        "what": "dated_ahead",
        "partition": partition,
        "at": to_second(ahead.at),
        "now": to_second(ahead.now),
        "entries": ahead.entries,
        "cases": [
            {
                "case_id": case.case_id,
                "stage": case.stage,
                "opened": case.opened,
                "clocks": case.clocks,
                "fired": [
                    {"timer": timer.kind, "clock": timer.clock, "due_at": to_second(timer.due_at)}
                    for timer in case.fired
                ],
            }
            for case in ahead.cases
        ],
    }
