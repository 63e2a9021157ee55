"""`python -m rehearsal.demo`: create the demo's applications once, and print the people to choose."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
django.setup()

from rehearsal.demo.applications import create_applications  # noqa: E402 it needs the models, which Django loads above

create_applications()
