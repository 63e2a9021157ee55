"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 they are read above

from kanssa import clock  # noqa: E402 as above
from kanssa.database import patience  # noqa: E402 as above
from kanssa.identification import registry, sign_on  # noqa: E402 as above
from kanssa.identification.refreshing import Refresher  # noqa: E402 as above

patience.keep_to(settings.DATABASE_LIMITS_OF_WEB)
# Our keys are imported and the brokers' fetched at the start, not at a person's log-in.
Refresher([*registry.methods().values(), *sign_on.sign_ons().values()], clock=clock.now).start()
