"""Shared by the commands that write a partition as its owner does: what they are made of, and how their errors end them."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.edge.commands import terminal
from pipeline.settings import Settings
from pipeline.stream.broker_time import ClockWrong
from pipeline.stream.brokers import Brokers
from pipeline.stream.core_protocol import Core, WorkerParts
from pipeline.stream.exits import EX_CONFIG, EX_OSERR
from pipeline.stream.partition.ledger import Fenced, Lost
from pipeline.stream.worker_clock import clock_of
from pipeline.words.error_words import words_of
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said
from schemas.errors import CorruptLog, PipelineError


def writing_parts(settings: Settings) -> WorkerParts:
    """A worker's parts, for one that decides nothing."""
    return WorkerParts(settings, Brokers(settings), clock_of(settings), _no_core)


def _no_core() -> Core:
    raise NotImplementedError("nothing is decided here")


@contextmanager
def writing_errors(lang: Lang, refused: type[PipelineError], todo: str) -> Iterator[None]:
    """What ends such a command otherwise than others; `refused` is its own answer no, and `todo` what to do then."""

    def stop(error: PipelineError, todo: str, exit_code: int) -> None:
        terminal.stop(error.code, words_of(error, lang), todo, exit_code)

    try:
        yield
    except refused as error:
        stop(error, todo, terminal.EXIT_REFUSED)
    except (Fenced, Lost) as error:
        stop(error, said("try again: what is done is not done twice"), terminal.EXIT_UNAVAILABLE)
    except ClockWrong as error:
        stop(error, said("set this machine's clock (NTP), then try again"), EX_OSERR)
    except CorruptLog as error:
        stop(error, said("nothing was written"), EX_CONFIG)
