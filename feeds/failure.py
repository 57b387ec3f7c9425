"""Why the process that writes a catalogue cannot: kept in it, for those that follow it and those that wait for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from feeds.catalogue.reading import Reading
from feeds.catalogue.writing import Writing
from feeds.errors import FeedsError, LossError

_NAME = "failure"  # of the value


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an update failed, and what an operator can do about it.

    since: when the first of the updates failed that have failed since, tried: when this one began, in seconds since the
    epoch. is_loss: whether it would have lost too many articles.
    """

    sentence: str
    remedy: str
    since: float
    tried: float
    is_loss: bool

    @classmethod
    def of(cls, error: Exception, since: float, tried: float) -> Failure:
        """What an error means to an operator."""
        is_foreseen = isinstance(error, FeedsError)
        return cls(
            sentence=str(error) if is_foreseen else f"{type(error).__name__}: {error}",
            remedy=error.remedy if isinstance(error, FeedsError) else "the log has its traceback; report it",
            since=since,
            tried=tried,
            is_loss=isinstance(error, LossError),
        )


def kept_failure(reading: Reading) -> Failure | None:
    """Why the last update failed, None after one that did not, and where another version of the program kept it."""
    try:
        return Failure(**json.loads(reading.value(_NAME)))
    except (ValueError, TypeError):
        return None


def keep_failure(writer: Writing, failure: Failure) -> None:
    writer.set_value(_NAME, json.dumps(asdict(failure)))


def forget_failure(writer: Writing) -> None:
    if writer.value(_NAME):
        writer.set_value(_NAME, "")
