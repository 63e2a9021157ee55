from django.db import models


class Proposal(models.Model):
    """The main applicant's typed answers about an adult who controls their own details.

    Stored from the moment when the adult identified, so that the main applicant sees and may type the same
    before and after. `sealed` holds the answers (`typed`) and the names of those that the adult has not yet
    accepted or left (`open`). It is deleted with the application.
    """

    applicant = models.OneToOneField("applications.Applicant", on_delete=models.CASCADE, primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"proposal to {self.pk}"
