"""What granian runs: `granian --interface=rsgi kanssa.server:application`."""

from django.conf import settings

from kanssa.web.server import Server
from kanssa.wsgi import application as wsgi_application

application = Server(
    wsgi_application,
    threads=settings.THREADS,
    largest_body=settings.LARGEST_BODY,
    seconds_to_send=settings.BODY_WITHIN.total_seconds(),
)
