from django.db import migrations
from django.db.models import Index, Q

from iomsite.indexes import AddIndexBesides

PUBLIC = Q(("edition_of", None), ("state", "published"))
HELD = Q(("edition_of__isnull", False), ("publishing_set__isnull", False), _connector="OR")
INDEXES = {
    "in_review": (["state"], Q(state="in-review")),
    "sent_back": (["state"], Q(state="draft") & ~Q(remark="")),
    "flagged": (["edition_of"], Q(edition_of=None) & ~Q(emergency_reason="")),
    "held": (["state", "published_at"], HELD & Q(state="published")),
    "to_check": (["edition_of", "review_by"], PUBLIC & Q(review_by__isnull=False)),
}


class Migration(migrations.Migration):
    """The lists of staff's first page: of releases and publications, the few rows that wait."""

    atomic = False

    dependencies = [("news", "0022_index_texts_that_mention")]

    operations = [
        AddIndexBesides(
            model_name=model,
            index=Index(fields=fields, condition=condition, name=f"{model}_{name}"),
        )
        for model in ("newsrelease", "publication")
        for name, (fields, condition) in INDEXES.items()
    ]
