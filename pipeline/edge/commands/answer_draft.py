"""The draft of an answer (答复) before it is sent: shown, edited, or replaced by a text of one's own. What was shown is what is sent."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import click
import msgspec

from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.commands import terminal
from pipeline.edge.commands.act_options import ActOptions, Content, action_of
from pipeline.words.act_help import DRAFT_OPTIONS
from pipeline.words.field_words import FINDINGS, Lang, label, moment
from pipeline.words.spoken import said, told_in
from schemas import limits
from schemas.inputs.action import WriteAnswer
from schemas.state.answer import WrittenAnswer

_DRAFT, _EDIT, _FILE, _RULES = "draft_only", "draft_edit", "draft_file", "draft_rules"
_BYTES_MAX: Final = limits.NOTE_MAX * 8


def draft_options(lang: Lang) -> list[click.Parameter]:
    """`--draft`, `--edit`, `--text-file FILE` and `--rules FOLDER`."""
    texts = {name: words.says(lang) for name, words in DRAFT_OPTIONS.items()}
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        click.Option(["--draft", _DRAFT], is_flag=True, help=texts["draft"]),
        click.Option(["--edit", _EDIT], is_flag=True, help=texts["edit"]),
        click.Option(["--text-file", _FILE], type=file, metavar="FILE", help=texts["text_file"]),
        click.Option(
            ["--rules", _RULES],
            type=folder,
            envvar="ENFORCEMENT_RULES_DIR",
            metavar="FOLDER",
            help=texts["rules"],
        ),
    ]


def with_draft(case_id: str, content: Content, values: Mapping[str, object], options: ActOptions) -> Content:
    """`content` with the text that was seen; as it is where no person looks.

    Shown where `--draft` or `--edit` asks for it, and at a terminal where no text is given. `--draft` ends the command, and so does
    whoever does not want to send it.
    """
    given = _given(content, values)
    at_terminal = sys.stdin.isatty()
    if values[_EDIT] and not at_terminal:
        raise click.UsageError(said("no terminal to edit in: give --text or --text-file"))
    is_asked = at_terminal and not (values[_EDIT] or options["as_json"]) and given is None
    if not (values[_DRAFT] or values[_EDIT] or is_asked):
        return {**content, "text": given}
    folder = cast("Path | None", values[_RULES])
    answer = _written(case_id, {**content, "text": given}, folder, options)
    if values[_EDIT]:
        answer = _written(case_id, {**content, "text": _edited(answer.text)}, folder, options)
    _show(answer, options)
    if values[_DRAFT]:
        sys.exit(0)
    if is_asked and not click.confirm(said("Send this answer?"), default=True, err=True):
        terminal.stop(
            "not_sent", said("the answer was not sent"), said("change it with --edit"), terminal.EXIT_REFUSED
        )
    return {**content, "basis": answer.basis, "text": answer.text}


def _given(content: Content, values: Mapping[str, object]) -> str | None:
    """The text that the command line gives, by `--text` or out of a file."""
    text, file = cast("str | None", content["text"]), cast("Path | None", values[_FILE])
    if file is None:
        return _not_empty(text, "--text")
    if text is not None:
        raise click.UsageError(said("--text and --text-file: give one"))
    with file.open("rb") as stream:
        read = stream.read(_BYTES_MAX + 1)
    if len(read) > _BYTES_MAX:
        raise click.BadParameter(
            said("{file}: more than {limit} bytes", file=file, limit=_BYTES_MAX), param_hint="--text-file"
        )
    try:
        return _not_empty(read.decode("utf-8-sig").strip(), "--text-file")
    except UnicodeDecodeError:
        raise click.BadParameter(
            said("{file}: not text in UTF-8", file=file), param_hint="--text-file"
        ) from None


def _not_empty(text: str | None, option: str) -> str | None:
    """An empty text is a mistake: the template would be sent, and nobody has seen it."""
    if text is not None and not text.strip():
        raise click.BadParameter(said("the text is empty: leave it out for the template"), param_hint=option)
    return text


def _edited(text: str) -> str:
    """What the person made of it in the editor; not saved, or emptied, nothing is sent."""
    edited = click.edit(text, extension=".txt")
    if edited is None or not edited.strip():
        terminal.stop(
            "not_sent",
            said("nothing was saved in the editor"),
            said("nothing was sent"),
            terminal.EXIT_REFUSED,
        )
    return edited.strip()


def _written(case_id: str, content: Content, folder: Path | None, options: ActOptions) -> WrittenAnswer:
    """The answer as the pipeline would write it down by these rules; where it would refuse it, the command ends with the refusal."""
    # the rules and the core: only who looks at a draft pays for them
    from pipeline.core.rules.redaction import without_personal_data
    from pipeline.core.rules.refusals import MEANINGS, Refusal
    from pipeline.core.stages.answers.answering import written_answer
    from pipeline.edge.commands.case_command import known_case
    from pipeline.edge.commands.rules_option import rules_in
    from pipeline.rulebook import RULES_DIR

    lang = options["lang"]
    with terminal.connected(options["brokers"], options["topic_prefix"], lang) as client:
        action = without_personal_data(cast(WriteAnswer, action_of(case_id, content, options)))
        case = known_case(client, case_id, lang)
    answer = written_answer(rules_in(folder or RULES_DIR, lang), case, action, now_utc())
    if isinstance(answer, Refusal):
        meaning = MEANINGS[answer.code]
        message = meaning.zh if lang is Lang.ZH else meaning.en
        terminal.stop(answer.code, message, told_in(lang, answer.allowed), terminal.EXIT_REFUSED)
    return answer


def _show(answer: WrittenAnswer, options: ActOptions) -> None:
    """Each part on a line of its own, the text as the caller reads it."""
    if options["as_json"]:
        terminal.say_json(msgspec.json.encode({"draft": answer}))
        return
    lang = options["lang"]
    terminal.say(f"{label('answer_found', lang)}: {FINDINGS[answer.found][lang]}")
    terminal.say(f"{label('answer_done', lang)}: {answer.done}")
    terminal.say(f"{label('answer_basis', lang)}: {answer.basis}")
    if answer.next_at is not None:
        terminal.say(f"{label('answer_next', lang)}: {moment(answer.next_at)}")
    terminal.say(f"{label('answer_text', lang)}: {answer.text}")
