"""Run by granian: `granian --interface=rsgi kanssa.server:application`."""

from django.conf import settings

from kanssa.web.base.rsgi import Server
from kanssa.wsgi import application as wsgi_application

application = Server(
    wsgi_application,
    threads=settings.THREADS,
    largest_body=settings.MAX_BODY_BYTES,
    seconds_to_send=settings.BODY_TIMEOUT.total_seconds(),
)
