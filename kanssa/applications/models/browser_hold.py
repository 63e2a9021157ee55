from uuid import uuid4

from django.db import models


class BrowserHold(models.Model):
    """A browser that may continue a draft, or what it sent before its main applicant identified.

    The browser's session only refers to it. It ends with the row, or with the identification in whose
    session it was last used: then no copy of the session opens anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey("Application", on_delete=models.CASCADE, related_name="holds")
    identification = models.ForeignKey(
        "identification.Identification", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"hold {self.pk}"
