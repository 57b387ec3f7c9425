"""The WSGI layer: answers GET and HEAD for the documents of an edition, and leaves all else to the application.

The hot path is one look-up: by what an answer depends on, in a dictionary that belongs to the current edition. What is
not in it is decided once and remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from cachetools import LRUCache

from feeds.config import Settings
from feeds.edition import Edition
from feeds.errors import CatalogueError
from feeds.front.codings import CODINGS
from feeds.front.documents import Answer, Document, Headers, Policy
from feeds.front.negotiation import Asked, is_navigation
from feeds.meter import Meter, Tally, format_of
from feeds.model import Rendition

REMEMBERED = 600  # characters of a request's headers and path, together, up to which its answer is remembered
ROOM = 16_000_000  # bytes of answers that are remembered for one edition
OTHERS = 16_000_000  # bytes of documents besides those of the edition that are kept for what they are compressed to
PAGE = "index.html"
ENTRY = 600  # bytes that a remembered answer takes beside its key and its body


class Current(Protocol):
    """Something that has the newest edition."""

    @property
    def edition(self) -> Edition | None: ...


class Remembered(NamedTuple):
    """An answer with its count."""

    status: str
    headers: Headers
    body: bytes
    tally: Tally


class FrontDoor:
    """A WSGI application before another one. live: what has the newest edition. meter: what counts the answers.

    always: headers that every answer gets besides, where the server does not add them.
    """

    def __init__(self, application: WSGIApplication, live: Current, settings: Settings, meter: Meter) -> None:
        self.always: Headers = []
        self._application = application
        self._live = live
        self._policy = Policy.of(settings)
        self._unannounced = self._policy._replace(hubs=())  # hubs hear of the documents of editions alone
        self._gone = frozenset(settings.gone)
        self._meter = meter
        self._prepared = _Prepared(None, {}, meter)
        self._others: LRUCache[str, Document] = LRUCache(OTHERS, lambda document: len(document.rendition.body))
        self._looking = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        get = environ.get
        asked = (  # what Asked.of gives, written out: the calls would cost more than the look-up
            environ["PATH_INFO"],
            environ["REQUEST_METHOD"],
            get("QUERY_STRING"),
            get("HTTP_ACCEPT_ENCODING"),
            get("HTTP_IF_NONE_MATCH"),
            get("HTTP_IF_MODIFIED_SINCE"),
            get("HTTP_IF_MATCH"),
            get("HTTP_IF_UNMODIFIED_SINCE"),
            get("HTTP_A_IM"),
            get("HTTP_SEC_FETCH_DEST") == "document" and self._policy.pages and is_navigation(environ),
        )
        prepared = self._prepared
        if prepared.edition is self._live.edition:
            found = prepared.answers.get(asked)
        else:
            prepared, found = self._follow(), None
        if found is None:
            found = prepared.decide(Asked._make(asked))
            if found is None:
                return self._application(environ, self._begin(environ, start_response))
        status, headers, body, tally = found
        size = len(body)
        tally.requests += 1  # what Tally.add does, written out for the same reason
        tally.bytes += size
        start_response(status, headers + self.always)  # a list of its own, as servers may change it (PEP 3333)
        return [body]

    def _begin(self, environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
        path, has_body = environ["PATH_INFO"], environ["REQUEST_METHOD"] != "HEAD"

        def begin(status: str, headers: Headers, *exc_info: Any) -> Any:
            self._meter.answered(status, path, headers, has_body=has_body)
            return start_response(status, headers + self.always, *exc_info)

        return begin

    def answer(self, rendition: Rendition, environ: WSGIEnvironment) -> Answer:
        """The answer to GET or HEAD for any document, with everything that the documents of an edition get."""
        return self.document(rendition).answer(Asked.of(environ, pages=self._policy.pages), self._prepared.history)

    def document(self, rendition: Rendition) -> Document:
        """A rendition as it is answered, with what was compressed for its answers before."""
        prepared = self._prepared.documents.get(rendition.path)
        if prepared and prepared.rendition == rendition:
            return prepared
        with self._looking:
            kept = self._others.get(rendition.path)
            if kept is None or kept.rendition != rendition:
                kept = Document(rendition, self._unannounced)
                if len(rendition.body) <= OTHERS:
                    self._others[rendition.path] = kept
        return kept

    def _follow(self) -> _Prepared:
        """Prepare what is new in the newest edition. Requests at the same time may do so twice, which harms nothing."""
        edition, before = self._live.edition, self._prepared
        documents = {}
        for path, rendition in edition.documents.items() if edition else ():
            if path.partition("/")[0] not in self._gone:
                document = before.documents.get(path)
                if document is None or document.rendition != rendition:
                    document = Document(rendition, self._policy)
                documents[path] = document
        self._prepared = prepared = _Prepared(edition, documents, self._meter)
        wanted = [(document, asked) for document, asked in _asked_for(before, documents)]
        if wanted:
            threading.Thread(target=_compress, args=(wanted,), name="feeds-codings", daemon=True).start()
        return prepared


class _Prepared:
    """What is prepared of one edition: its documents, and the answers that were given."""

    def __init__(self, edition: Edition | None, documents: dict[str, Document], meter: Meter) -> None:
        self.edition = edition
        self.documents = documents
        self.answers: dict[tuple[Any, ...], Remembered] = {}
        self._meter = meter
        self._room = ROOM

    def decide(self, asked: Asked) -> Remembered | None:
        """The answer to a request for a document; None where another has to answer."""
        if asked.query or asked.method not in ("GET", "HEAD"):
            return None
        document = self.documents.get(_name(asked.path))
        if document is None:
            return None
        answer, path = self._answer(document, asked)
        counted = Remembered(*answer, self._meter.tally(answer.status[:3], format_of(path)))
        size = sum(len(text) for text in asked if isinstance(text, str))
        if size <= REMEMBERED:
            self._remember(asked, counted, size + (len(answer.body) if answer.status.startswith("226") else 0))
        return counted

    def _answer(self, document: Document, asked: Asked) -> tuple[Answer, str]:
        """The answer, and the path of the document that it is about."""
        page = self.documents.get(page_of(document.rendition.path)) if asked.page and document.is_feed else None
        if page:
            return page.answer(asked, self.history).in_place_of_feed(), page.rendition.path
        return document.answer(asked, self.history), document.rendition.path

    def history(self, path: str, etag: str) -> frozenset[str] | None:
        """What a version listed; None where it is not known, or where that cannot be read just now."""
        if self.edition is None:
            return None
        try:
            with self.edition.catalogue.reading() as reading:
                return reading.listing(path, etag)
        except CatalogueError:
            return None

    def _remember(self, asked: Asked, answer: Remembered, size: int) -> None:
        self._room -= size + ENTRY
        if self._room < 0:  # whoever asks for ever other things costs the others one decision anew
            self.answers.clear()
            self._room = ROOM
        self.answers[tuple(asked)] = answer


def page_of(path: str) -> str:
    """The page of the feed whose document lies at a path: in the same folder, so that its links hold there too."""
    return f"{path.rpartition('/')[0]}/{PAGE}".lstrip("/")


def _name(path: str) -> str:
    """The path of a document; PATH_INFO holds bytes, each as a character (PEP 3333)."""
    name = path[1:]
    if not name.isascii():
        name = name.encode("latin-1", "replace").decode("utf-8", "replace")
    return f"{name}{PAGE}" if name.endswith("/") or not name else name


def _asked_for(before: _Prepared, documents: dict[str, Document]) -> Iterable[tuple[Document, list[str]]]:
    """Documents that are new, and the codings in which the edition before was asked for them."""
    for path, document in documents.items():
        former = before.documents.get(path)
        if former and former is not document and former.bodies:
            yield document, list(former.bodies)


def _compress(wanted: Iterable[tuple[Document, list[str]]]) -> None:
    """Prepare what is likely asked for next; compression holds nobody up, as it lets go of the interpreter's lock."""
    for document, names in wanted:
        for coding in CODINGS:
            if coding.name in names:
                document.body(coding)
