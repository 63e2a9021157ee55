"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
application = get_wsgi_application()

from kanssa.identification import registry, sign_on  # noqa: E402 their settings are read above

sign_on.sign_ons()
registry.methods()  # keys are imported at the start, not at somebody's log-in
