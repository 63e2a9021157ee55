"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 the settings are loaded above

from kanssa import clock  # noqa: E402 as above
from kanssa.database import time_limits  # noqa: E402 as above
from kanssa.identification import registry, sign_ons  # noqa: E402 as above
from kanssa.identification.key_refresher import KeyRefresher  # noqa: E402 as above

time_limits.set_limits(settings.WEB_DATABASE_LIMITS)
# Load our keys and fetch the brokers' at the start, so that no sign-in waits for them.
KeyRefresher([*registry.methods().values(), *sign_ons.sign_ons().values()], clock=clock.now).start()
