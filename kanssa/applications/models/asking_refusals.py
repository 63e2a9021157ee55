from uuid import uuid4

from django.db import models

from kanssa.people.models import Person


class AskingRefusal(models.Model):
    """A person asked not to be asked again at the request of a main applicant; taking it back deletes it.

    `asker` is that main applicant, None if they had not identified yet; `asked_by` is their applicant row
    where it was said. `mailbox_lookup` is the mailbox at which the person was invited there: it recognises
    them where only a name was typed. `sealed` holds the main applicant's name, for the person's own page.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="asking_refusals")
    asker = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    asked_by = models.ForeignKey(
        "applications.Applicant", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    mailbox_lookup = models.BinaryField(max_length=32, null=True)
    sealed = models.BinaryField()
    refused_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "asked_by"], name="one_refusal_an_asker"),)
        indexes = (models.Index(fields=["mailbox_lookup"], name="asking_refusal_mailbox"),)

    def __str__(self) -> str:
        return f"asking refusal {self.pk}"
