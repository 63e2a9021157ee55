from uuid import uuid4

from django.db import models


class OfficeEdition(models.Model):
    """All desk information after one edit; the highest number is in force.

    A trigger makes rows append-only, so they are the history. Two edits of the same edition cannot both
    create the next one. `information` holds hours, days and notices with their dates (`information.py`).
    Before the first edition, `office.toml` is in force.
    """

    number = models.PositiveIntegerField(primary_key=True)
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    information = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    def __str__(self) -> str:
        return f"edition {self.number} of the desk"
