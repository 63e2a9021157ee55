"""`python -m rehearsal.demo`: make the demo's applications once, and say whom to be."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
django.setup()

from rehearsal.demo.applications import create_applications  # noqa: E402 it needs the models, which Django loads above

create_applications()
