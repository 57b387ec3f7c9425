"""Feeds for newsrooms: a folder of articles goes in, finished RSS, Atom and JSON documents come out.

The layer rule (held by tests/test_layers.py): imports point downward only.

    errors, model, indonesian          values and words, no behaviour
    dates, text, config                reading dates, cleaning text, checking settings
    readers                            one module a source format: file -> Draft
    source                             the data directory -> Article | ArticleError
    catalogue                          the store; the only user of SQLAlchemy
    compose                            catalogue + settings -> Feed; knows no format
    formats, pages                     Feed -> bytes; feedgen and Jinja stay in here
    edition                            path -> finished bytes, re-rendering only what changed
    live, publish                      an edition kept fresh; an edition written to a folder
    web, cli                           the two doors
"""

__version__ = "0.1.0"
