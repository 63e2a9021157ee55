"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 they are read above

from kanssa.database import patience  # noqa: E402
from kanssa.identification import registry, sign_on  # noqa: E402

patience.keep_to(settings.DATABASE_LIMITS_OF_WEB)
sign_on.sign_ons()
registry.methods()  # keys are imported at the start, not at somebody's log-in
