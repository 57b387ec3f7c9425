"""The document that an address and its query ask for: one of the edition, or one that is rendered on demand."""

from __future__ import annotations

from urllib.parse import parse_qsl

from feeds.config import Settings
from feeds.edition import Edition
from feeds.model import Rendition
from feeds.ondemand import OnDemand
from feeds.selection import PARAMETERS, read_selection


def find(on_demand: OnDemand, edition: Edition, settings: Settings, path: str, query: str) -> Rendition | None:
    """The document at a path below base_url, decoded; None where there is none. query: as it was sent.

    Raises SelectionError for a parameter that is wrong, BusyError where too much is asked for at once, CatalogueError.
    """
    name = f"{path}index.html" if path.endswith("/") or not path else path
    found = None if _has_parameters(query) else edition.get(name)
    if found:
        return found
    selection = read_selection(name, query, settings)
    if selection is None:
        return edition.get(name)
    found = None if selection.query else edition.get(selection.path)
    return found or on_demand.get(selection, edition)


def _has_parameters(query: str) -> bool:
    try:
        return not PARAMETERS.isdisjoint(name for name, _ in parse_qsl(query, max_num_fields=100))
    except ValueError:  # more fields than that
        return True
