"""A version after the one that serves, and who asks while it comes into service."""

from collections.abc import Callable
from pathlib import Path

from .processes import Answer

FIELD = """

NewsRelease.add_to_class(
    "rolled", models.CharField(max_length=9, default="new", db_default="new", editable=False)
)
"""
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "{last}")]
    operations = [
        migrations.AddField(
            "newsrelease",
            "rolled",
            models.CharField(max_length=9, default="new", db_default="new", editable=False),
        )
    ]
"""
# What deploy/update says that it does.
STEPS = ["Code", "Packages", "Settings", "Static", "Ready", "Migrations", "Restart"]
NEW = '<meta name="version" content="new">'


def write_new_version(code: Path) -> None:
    """With a column more, and a sign in each page."""
    with (code / "news/models.py").open("a") as models:
        models.write(FIELD)
    last = max((code / "news/migrations").glob("0*.py"))
    last.with_name("0999_rolled.py").write_text(MIGRATION.format(last=last.stem))
    base = code / "iomsite/templates/base.html"
    base.write_text(base.read_text().replace("<head>", f"<head>\n    {NEW}", 1))


def ask(get: Callable[..., Answer]) -> Callable[[int], Answer]:
    """In turn: a page that nginx keeps, one that it does not, and a form that it sends once."""

    def one(number: int) -> Answer:
        if number % 5 == 0:
            return get("/policy-violations/", method="POST", body=b"{}")
        if number % 5 == 1:
            return get("/news/", cookie="a=1")
        return get(("/", "/news/", "/where-we-work/")[number % 3])

    return one
