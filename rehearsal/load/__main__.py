"""`python -m rehearsal.load --size 100000`: fill the demo's database with applications, by two workers.

`make load SIZE=100000` runs it beside the demo that runs. Refuses a production, and a database that holds
a load already.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
django.setup()

from rehearsal.load.command import main  # noqa: E402 it needs the models, which Django loads above

sys.exit(main(sys.argv[1:]))
