"""The WSGI entry point, for ``flask run``, gunicorn and granian: settings come from config/ and FEEDS_*."""

from feeds.web import create_app

app = create_app()
