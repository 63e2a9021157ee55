"""The table of what is said of the desk, edit by edit."""

from uuid import uuid4

from django.db import models


class OfficeEdition(models.Model):
    """All that the city says of the desk, as one edit left it; the highest number is in force.

    Rows are only ever added (a trigger holds it), so they are the history; two who edit the same
    edition cannot both make the next. `information` holds hours, days and notices with their dates
    (`desk_said.py`). Before the first, `desk.toml` is in force.
    """

    number = models.PositiveIntegerField(primary_key=True)
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    information = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    def __str__(self) -> str:
        return f"edition {self.number} of the desk"
