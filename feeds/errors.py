"""The errors of the program: one tree, each carrying its subject and the reason.

    FeedsError
    ├── ConfigError        a setting that is wrong; stops the run
    ├── DateError          a text that is no date (also a ValueError)
    ├── UnreadableError    a file that a reader cannot read; becomes an ArticleError
    ├── DataDirectoryError the data directory is missing or cannot be listed
    │   └── NoArticlesError  it holds none
    ├── LossError          more than half of the articles would be lost, and nobody said that this is meant
    ├── CatalogueError     the catalogue cannot be opened or written
    │   └── UnusableCatalogueError  it is damaged, or of a later version of the program
    ├── WriterError        the process that writes the catalogue cannot go on
    ├── QueryError         a search that asks for nothing, or for too much (also a ValueError)
    ├── OutputError        the output folder cannot be written
    │   └── OccupiedError    another build writes it
    ├── SelectionError     an address that asks for a feed wrongly
    ├── BusyError          too much is asked for at once
    ├── FetchError         a document that is to be validated cannot be fetched or read
    └── ServeError         the web service cannot be started

An ArticleError is no exception but a value: what is wrong with one article costs no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal


class FeedsError(Exception):
    """Base of every foreseen failure; ``str()`` of it is one sentence for a person.

    remedy: what the operator of a service can do about it.
    """

    remedy: ClassVar[str] = "mend what it names; the service tries again by itself"


class ConfigError(FeedsError):
    """A wrong setting.

    key: its dotted path, such as ``categories.ekonomi.title``. file: the configuration that it stands in, "" for none.
    """

    def __init__(self, key: str, reason: str, file: str = "") -> None:
        super().__init__(": ".join(part for part in (file, key, reason) if part))
        self.key = key
        self.reason = reason
        self.file = file


class DateError(FeedsError, ValueError):
    """A text that is no date, or one that must not be guessed at."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason


class UnreadableError(FeedsError):
    """A file or a record that a reader cannot read; ``str()`` of it is the sentence for the newsroom."""


class DataDirectoryError(FeedsError):
    """The data directory does not exist, is no directory or cannot be listed."""

    remedy = "mount it, or make it readable for the service, which then goes on by itself"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"data directory {path}: {reason}")
        self.path = path
        self.reason = reason


class NoArticlesError(DataDirectoryError):
    """The data directory holds no articles. meant: the command that says that this is meant, where it held some."""

    remedy = "mount it or fill it, after which it goes on by itself; or say that this is meant"

    def __init__(self, path: str, *, meant: str = "") -> None:
        super().__init__(path, "holds no articles" + (f" any more; if that is meant, say so: {meant}" if meant else ""))


class LossError(FeedsError):
    """More than half of the articles would be lost at once.

    lost, of: articles; why: where they went; meant: the command that says that this is meant.
    """

    remedy = "bring the articles back, after which it goes on by itself, or say that this is meant"

    def __init__(self, lost: int, of: int, why: str, meant: str) -> None:
        super().__init__(
            f"{lost:,} of {of:,} articles would be lost ({why}), so the feeds stay as they are; "
            f"if that is meant, say so: {meant}"
        )
        self.lost = lost
        self.of = of


class CatalogueError(FeedsError):
    """The catalogue cannot be opened, read or written."""

    remedy = "see that its disk or database is there, writable and not full; the service then goes on by itself"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"catalogue {address}: {reason}")
        self.address = address
        self.reason = reason

    @classmethod
    def of(cls, error: OSError, path: Path) -> CatalogueError:
        """What the system says of a file, or of the folder that it names itself."""
        return CatalogueError(str(error.filename or path), error.strerror or str(error))


class UnusableCatalogueError(CatalogueError):
    """The catalogue is damaged, or a later version of the program made it; a new one can stand in its place.

    file: which file that was found of, as ``Catalogue.file`` names it; "" where it is none.
    """

    def __init__(self, address: str, reason: str, file: str) -> None:
        super().__init__(address, reason)
        self.file = file
        self.lacks_a_table = reason.startswith("no such table")


class WriterError(FeedsError):
    """Another process has the writer's place and cannot go on. sentence: what that one says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"a running service says: {sentence}")


class QueryError(FeedsError, ValueError):
    """A search that cannot be answered; ``str()`` of it is the sentence for whoever asked."""


class OutputError(FeedsError):
    """A document cannot be written to the output folder."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"output {path}: {reason}")
        self.path = path
        self.reason = reason


class OccupiedError(OutputError):
    """Another build writes to the output folder, and does not end."""


class SelectionError(FeedsError):
    """An address that asks for a feed wrongly; ``str()`` of it is for the visitor, in Indonesian and English."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(f"{indonesian} ({english})")


class BusyError(FeedsError):
    """Too much is asked for at once; the same may be asked for again in a moment."""


class FetchError(FeedsError):
    """A document cannot be fetched or read. status: of HTTP, 0 where no answer came."""

    def __init__(self, address: str, reason: str, status: int = 0) -> None:
        super().__init__(f"{address}: {reason}")
        self.address = address
        self.reason = reason
        self.status = status


class ServeError(FeedsError):
    """The web service cannot be started."""


Severity = Literal["left out", "warning", "note"]


@dataclass(frozen=True, slots=True)
class ArticleError:
    """One thing that is wrong with one article: a value, so that it cannot cost another article.

    path: the file below the data directory, with forward slashes; ``#n`` behind it names the n-th record (from 1).
    kind: one word of ``KINDS``.
    reason: a sentence for the newsroom.
    fatal: whether the article is left out because of it.
    note: whether it is no fault but only good to know.
    """

    path: str
    kind: str
    reason: str
    fatal: bool = True
    note: bool = False

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return "left out" if self.fatal else "note" if self.note else "warning"


KINDS = {
    "unreadable": "the file or record cannot be read",
    "title": "no title",
    "date": "no date, one that cannot be understood, or one that is not sure",
    "weekday": "the weekday contradicts the date",
    "body": "neither a text nor a summary",
    "duplicate": "the same article again",
    "identity": "an id that is kept though the article would now get another",
    "updated": "a date of change that cannot be right",
    "category": "an unknown category",
    "control": "embedded control characters",
    "order": "a column of dates that is written month first",
    "link": "an address that is none",
    "encoding": "text in another encoding than it says, or one that was decoded wrongly before",
    "image": "a file that is not the image that it says",
    "future": "a date that has not come yet",
    "license": "a licence of Creative Commons that cannot be told by its name",
    "notice": "a correction or a withdrawal that does not say what it must",
}
