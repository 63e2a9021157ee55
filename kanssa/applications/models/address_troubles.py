from django.db import models


class AddressTrouble(models.Model):
    """An address of an adult that takes no mail; `trouble` is `bounced` or `not-for-me`.

    `address_lookup` is its keyed look-up, `side` the party that answers for it.
    """

    applicant = models.ForeignKey(
        "applications.Applicant", on_delete=models.CASCADE, related_name="address_troubles"
    )
    side = models.CharField(max_length=5)
    address_lookup = models.BinaryField(max_length=32)
    trouble = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["applicant", "side", "address_lookup"], name="one_trouble_an_address"
            ),
        )

    def __str__(self) -> str:
        return f"{self.trouble} of {self.applicant_id}"
