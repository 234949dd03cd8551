"""docs/deploy.md carried out, and an update under load with a migration: nobody notices."""

import pytest

from .load import Load
from .machine import Machine
from .processes import Redis

pytestmark = pytest.mark.system

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
NEW = '<meta name="version" content="new">'


@pytest.fixture(scope="module")
def machine(cluster, tmp_path_factory):
    server, seeded = cluster
    static = seeded.variables()["STATIC_ROOT"]
    with (
        Redis(tmp_path_factory.mktemp("redis")) as redis,
        Machine(server, "postgres", redis.url, static) as machine,
    ):
        machine.set_up()
        yield machine


def ask(machine):
    """In turn: a page that nginx keeps, one that it does not, and a form that it sends once."""

    def one(number):
        if number % 5 == 0:
            return machine.get("/policy-violations/", method="POST", body=b"{}")
        if number % 5 == 1:
            return machine.get("/news/", cookie="a=1")
        return machine.get(("/", "/news/", "/where-we-work/")[number % 3])

    return one


def make_new_version(machine):
    """With a column more, and a sign in each page."""
    with (machine.origin / "news/models.py").open("a") as models:
        models.write(FIELD)
    last = max((machine.origin / "news/migrations").glob("0*.py"))
    last.with_name("0999_rolled.py").write_text(MIGRATION.format(last=last.stem))
    base = machine.origin / "iomsite/templates/base.html"
    base.write_text(base.read_text().replace("<head>", f"<head>\n    {NEW}", 1))
    machine.commit("Second")


def test_update_under_load_drops_nothing(machine):
    assert NEW.encode() not in machine.get("/", cookie="a=1").body
    make_new_version(machine)

    with Load(ask(machine), rate=50) as load:
        machine.shell(machine.steps()["Update"])
    assert set(load.outcomes()) == {"200", "204"}, load.outcomes()
    assert len(load.answers) / load.seconds > 49

    for _each in range(4):  # both applications
        assert NEW.encode() in machine.get("/", cookie="a=1").body
    assert "[X] 0999_rolled" in machine.shell("srv/iomsite/current/deploy/manage showmigrations news")


def test_way_back_leads_to_the_version_before(machine):
    machine.shell(machine.steps()["The way back"])
    for _each in range(4):
        answer = machine.get("/", cookie="a=1")
        assert (answer.status, NEW.encode() in answer.body) == (200, False)
