"""Settings that must keep a production service from starting, each with its cure."""

from django.conf import settings

from kanssa import clock
from kanssa.identification.diagnosis.production_checks import production_faults


def faults() -> list[str]:
    found = []
    if not settings.BASE_URL.startswith("https://"):
        found.append("KANSSA_BASE_URL is not an https address: give the one that people open.")
    if settings.DEBUG:
        found.append("KANSSA_DEBUG shows the inside of the service to everybody: remove it.")
    if settings.ALLOW_TEST_HETU:
        found.append("KANSSA_TEST_HETU lets test identity codes in: remove it.")
    if settings.REHEARSAL_MAILBOX_URL:
        found.append("REHEARSAL_MAILBOX_URL belongs to a rehearsal: remove it.")
    if settings.CLOCK_FUNCTION != clock.REAL:
        found.append("KANSSA_CLOCK is a clock that can be moved: remove it.")
    return found + production_faults(settings.IDENTIFICATION_FILE)
