"""Pages that were made when they were published, and not when somebody asks."""

from django.db import models


class DrawnPage(models.Model):
    """What everybody is given at an address, as `manage.py draw_pages` made it.

    It holds until its row, or everything, is moved on (see `publishing.records.Stamp`), in the
    release of the code that made it. Where `packed` is empty, the page depends on more than its
    row and is made for each who asks. `address` is a whole one, `packed` is Brotli.
    """

    address = models.CharField(max_length=700, db_index=True)
    model = models.CharField(max_length=100)
    row_id = models.BigIntegerField()
    generation = models.PositiveBigIntegerField()
    release = models.CharField(max_length=16)
    headers = models.JSONField(default=dict)
    packed = models.BinaryField(default=b"")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["model", "row_id"], name="drawnpage_one_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.generation}"
