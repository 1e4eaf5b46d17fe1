"""The errors of the project, in one place to import from. Defined with the contracts, which raise some of them."""

from schemas.errors import BadMessage, CorruptLog, PipelineError, Unavailable

__all__ = ["BadMessage", "CorruptLog", "PipelineError", "Unavailable"]
