"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
application = get_wsgi_application()

from kanssa.identification import registry  # noqa: E402 its settings are read above

registry.methods()  # keys are imported at the start, not at somebody's log-in
