"""A copy of the site is what visitors see, changes where the site changed, and is never half."""

import datetime
import json
import os
import threading

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from iomsite.images import cards
from iomsite.mirror import addresses, copies, making
from iomsite.mirror.visitor import Visitor
from iomsite.publishing import actions
from iomsite.publishing.changes import settle
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.states import Withdrawal
from news.views import ReleaseView
from tests.factories.accounts import UserFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import TopicFactory
from tests.factories.publishing import HIDDEN_STATES, RedirectFactory

# The moment of a copy is a transaction of its own. `tests/system/test_mirror.py` makes copies of a
# site on PostgreSQL.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
HOST = "localhost"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "mirror"


def tell(*rows):
    with locked_ledger():
        settle(rows or None)


def published(**fields):
    return NewsReleaseFactory(published=True, lead="What happened.", **fields)


def site_of(root):
    return root / "current" / "site"


def files_of(root):
    site = site_of(root)
    found = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path for path in found}


def written_at(path):
    return path.stat().st_mtime_ns


def make(root, **how):
    return making.make(root, HOST, **how)


def test_page_is_copied_with_all_its_forms_card_and_banner(root):
    release = published(title="Water for all", slug="water")
    tell()
    said = make(root)
    files = files_of(root)
    stem = release.get_absolute_url().strip("/")
    names = {f"{stem}{one}" for one in ("/index.html", ".json", ".atom", ".csv", ".md")}
    assert names | {"index.html", "news/index.html", "robots.txt", "sitemap.xml"} <= files.keys()
    page = files[f"{stem}/index.html"].read_text()
    assert "Water for all" in page
    assert "This is a copy of localhost, made at" in page
    assert "@@copied" not in page
    assert "/admin/" not in page
    assert [name for name in files if name.startswith("cards/") and name in page]
    assert json.loads(files[f"{stem}.json"].read_text())["title"] == "Water for all"
    assert said["pages"] == sum(name.endswith("index.html") for name in files)
    told = json.loads((root / "mirror.json").read_text())
    assert timezone.now() - datetime.datetime.fromisoformat(told["finished_at"]) < HOUR


def test_nothing_is_copied_that_is_not_public(root):
    published()
    for state in HIDDEN_STATES:
        NewsReleaseFactory(**{state: True}, title="Nobody may read this", slug=f"secret-{state}")
    tell()
    make(root)
    for name, path in files_of(root).items():
        assert "secret-" not in name
        assert b"Nobody may read this" not in path.read_bytes()
        assert b"secret-" not in path.read_bytes()


def test_second_run_writes_what_changed_and_nothing_else(root):
    first, second = published(title="First"), published(title="Second")
    tell()
    make(root)
    before = {written_at(path) for path in files_of(root).values()}
    assert make(root)["made"] <= 1  # the page that says when it was compared last

    type(first).objects.filter(pk=first.pk).update(title="Better")
    tell(first)
    said = make(root)
    after = files_of(root)
    changed = {name for name, path in after.items() if written_at(path) not in before}
    assert said["made"] + said["kept"] == len(after)
    stems = [page.get_absolute_url().strip("/") for page in (first, second)]
    assert f"{stems[0]}/index.html" in changed
    assert {"news/index.html", "news.json"} <= changed
    assert not [name for name in changed if name.startswith(stems[1])]
    assert "robots.txt" not in changed


def test_page_with_a_stamp_is_not_asked_for_again(root, monkeypatch):
    pages = [published() for _one in range(3)]
    tell()
    make(root)
    asked, get = [], Visitor.get
    monkeypatch.setattr(Visitor, "get", lambda self, one: asked.append(one) or get(self, one))
    tell(pages[0])
    make(root)
    shown = [page.get_absolute_url() for page in pages]
    assert shown[0] in asked
    assert not {shown[1], shown[2]} & set(asked)


def test_page_that_holds_keeps_its_forms_and_card_and_the_lists_behind_it(root, tmp_path):
    """A run that asks for little has the files that one has which asks for everything."""
    pages = [published() for _one in range(3)]
    pages[1].topics.add(TopicFactory(slug="malaria", name="Malaria"))
    tell()
    make(root)
    assert "news/index@topic=malaria.html" in files_of(root)
    tell(pages[0])
    make(root)
    make(tmp_path / "whole")
    assert files_of(root).keys() == files_of(tmp_path / "whole").keys()


def test_withdrawn_page_is_gone_after_the_next_run_with_its_card(root):
    release = published(title="Mistaken")
    cards.make_for(release)
    tell()
    make(root)
    stem = release.get_absolute_url().strip("/")
    card = cards.url_of(cards.words_of(release)).strip("/")
    assert {f"{stem}/index.html", card} <= files_of(root).keys()
    actions.withdraw(release, by=UserFactory(), kind=Withdrawal.GONE, note="It was wrong.")
    said = make(root)
    assert said["removed"] >= 6
    assert card not in files_of(root)
    for name, path in files_of(root).items():
        assert stem not in name
        assert b"Mistaken" not in path.read_bytes()


def test_withdrawn_page_is_taken_out_between_two_runs(root):
    """At once, though another run is at work; then out of the lists."""
    mistaken, other = published(title="Mistaken"), published(title="Right")
    tell()
    make(root)
    actions.withdraw(mistaken, by=UserFactory(), kind=Withdrawal.GONE, note="It was wrong.")
    stems = [page.get_absolute_url().strip("/") for page in (mistaken, other)]
    with copies.alone(root), pytest.raises(CommandError, match="Another run"):
        call_command("clean_mirror", to=root)
    assert not [name for name in files_of(root) if name.startswith(stems[0])]
    assert "Mistaken" in files_of(root)["news/index.html"].read_text()

    call_command("clean_mirror", to=root)
    assert not [path for path in files_of(root).values() if b"Mistaken" in path.read_bytes()]
    assert f"{stems[1]}/index.html" in files_of(root)


def test_file_that_is_taken_out_while_another_copy_takes_it_over(tmp_path, monkeypatch):
    old, new = (copies.Copy.begun(tmp_path, {"release": "1"}) for _one in range(2))
    old.write("index.html", b"page", copies.File("0", 4, ("news.newsrelease", 1)))
    link = os.link

    def link_too_late(*paths):
        old.take_out({("news.newsrelease", 1)})
        link(*paths)

    monkeypatch.setattr(os, "link", link_too_late)
    assert not new.take_over("index.html", old, None)
    assert new.files == {}


def test_nothing_is_taken_out_that_may_be_read(root, capsys):
    noticed, changed = published(title="Said too much"), published(title="As it was")
    tell()
    make(root)
    before = files_of(root)
    actions.withdraw(noticed, by=UserFactory(), kind=Withdrawal.NOTICE, note="It was wrong.")
    tell(changed)
    call_command("clean_mirror", to=root)
    assert capsys.readouterr().out == "0 files taken out.\n"
    assert files_of(root) == before


def test_expired_page_is_taken_out_though_the_site_is_read_only(root, settings):
    now = timezone.now()
    passing = published(title="Passing")
    type(passing).objects.filter(pk=passing.pk).update(expires_at=now + HOUR)
    tell()
    make(root)
    shown = site_of(root).resolve()
    settings.READ_ONLY = True
    with time_machine.travel(now + 2 * HOUR):
        call_command("clean_mirror", to=root)
        assert f"{passing.get_absolute_url().strip('/')}/index.html" not in files_of(root)
        assert site_of(root).resolve() == shown
        make(root)  # although it stays due
    assert site_of(root).resolve() != shown
    assert "Passing" not in (site_of(root) / "news/index.html").read_text()


def test_copy_that_cannot_be_read_is_no_copy_without_what_is_to_go(root):
    published()
    tell()
    make(root)
    manifest = root.resolve() / "current" / "manifest.json"
    manifest.write_text(manifest.read_text()[:1000])
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("clean_mirror", to=root)


def test_there_may_be_no_copy_to_clean(root, capsys):
    call_command("clean_mirror", to=root)
    assert capsys.readouterr().out == "0 files taken out.\n"


def test_page_comes_and_goes_by_time_alone(root):
    now = timezone.now()
    soon = NewsReleaseFactory(published=True, title="Soon")
    type(soon).objects.filter(pk=soon.pk).update(published_at=now + HOUR, expires_at=now + 2 * HOUR)
    tell()
    name = f"{soon.get_absolute_url().strip('/')}/index.html"
    make(root)
    assert name not in files_of(root)
    with time_machine.travel(now + 1.5 * HOUR):
        make(root)
        assert name in files_of(root)
    with time_machine.travel(now + 3 * HOUR):
        make(root)
        assert name not in files_of(root)


def test_every_part_of_a_list_has_a_file_and_so_has_one_filter(root):
    topic = TopicFactory(slug="malaria", name="Malaria")
    titles = {f"Number {number}" for number in range(51)}
    for title in titles:
        published(title=title).topics.add(topic)
    tell()
    make(root)
    files = files_of(root)
    assert {"news/index@page=2.html", "news/index@page=3.html"} <= files.keys()
    pages = [path.read_text() for name, path in files.items() if name.startswith("news/index")]
    assert all(any(title in page for page in pages) for title in titles)
    assert "news/index@topic=malaria.html" in files
    assert "without a filter" in files["news/index@.html"].read_text()
    assert "without a filter" not in files["news/index.html"].read_text()
    assert titles_in_parts(files, "news.json") == titles


def titles_in_parts(files, name):
    found = set()
    while name:
        said = json.loads(files[name].read_text())
        found |= {one["title"] for one in said["items"]}
        following = said["next"]
        name = addresses.file_of(following.removeprefix("http://localhost")) if following else ""
    return found


def test_page_that_was_withdrawn_with_a_notice_stays_with_it(root):
    """No list leads there, and whoever has the address reads why."""
    release = published(title="Said too much")
    tell()
    actions.withdraw(release, by=UserFactory(), kind=Withdrawal.NOTICE, note="It was wrong.")
    make(root)
    page = files_of(root)[f"{release.get_absolute_url().strip('/')}/index.html"].read_text()
    assert "It was wrong." in page


def test_old_address_leads_on(root):
    release = published()
    RedirectFactory(old_path="/news/old-name/", new_path=release.get_absolute_url())
    tell()
    make(root)
    moved = files_of(root)["news/old-name/index.html"].read_text()
    assert f'content="0; url={release.get_absolute_url()}"' in moved


def test_what_is_published_while_it_reads_comes_with_the_next_copy(root, monkeypatch):
    """A copy is of one moment: no list names a page that the copy lacks."""
    published(title="There before")
    tell()
    go = making.Run._take_over_what_holds

    def go_while_somebody_publishes(run):
        thread = threading.Thread(target=publish_from_elsewhere)
        thread.start()
        thread.join()
        return go(run)

    def publish_from_elsewhere():
        try:
            published(title="Came meanwhile")
            tell()
        finally:
            connection.close()

    monkeypatch.setattr(making.Run, "_take_over_what_holds", go_while_somebody_publishes)
    make(root)
    monkeypatch.undo()
    assert not [p for p in files_of(root).values() if b"Came meanwhile" in p.read_bytes()]
    make(root)
    assert [p for p in files_of(root).values() if b"Came meanwhile" in p.read_bytes()]


def test_moment_of_the_schedule_lets_it_begin_anew(root, monkeypatch):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        soon = published(title="Soon")
        type(soon).objects.filter(pk=soon.pk).update(published_at=now + HOUR)
        tell()
        go = making.Run._add_own_pages

        def go_on_until_it_comes(run):
            go(run)
            clock.move_to(now + 2 * HOUR)

        monkeypatch.setattr(making.Run, "_add_own_pages", go_on_until_it_comes)
        make(root)
    assert f"{soon.get_absolute_url().strip('/')}/index.html" in files_of(root)


def test_ledger_that_went_back_lets_everything_be_made_anew(root):
    release = published(title="As it was")
    tell()
    tell()
    make(root)
    type(release).objects.filter(pk=release.pk).update(title="As it is")
    making.Ledger.objects.update(generation=1)
    making.Stamp.objects.all().delete()
    make(root)
    page = files_of(root)[f"{release.get_absolute_url().strip('/')}/index.html"]
    assert "As it is" in page.read_text()


@pytest.mark.parametrize("damage", ["{", "[]", '{"of": {}}', "null", "outside"])
def test_spoiled_manifest_is_not_believed(tmp_path, damage):
    """Everything is made anew then."""
    of = {"release": "1"}
    copy = copies.Copy.begun(tmp_path, of)
    copy.write("index.html", b"page", copies.File("0", 4, None))
    copy.finish(tmp_path)
    assert copies.Copy.shown(tmp_path, of).files == copy.files
    assert copies.Copy.shown(tmp_path, {"release": "2"}) is None

    manifest = tmp_path / "current" / "manifest.json"
    said = json.loads(manifest.read_text())
    said["files"]["../../../secret"] = ["0", 6, None]
    manifest.write_text(json.dumps(said) if damage == "outside" else damage)
    assert copies.Copy.shown(tmp_path, of) is None


def test_lost_or_shortened_file_is_made_again(root):
    published()
    tell()
    make(root)
    files = files_of(root)
    files["robots.txt"].unlink()
    files["news/index.html"].write_text("half")
    make(root)
    assert "Sitemap" in files_of(root)["robots.txt"].read_text()
    assert "</html>" in files_of(root)["news/index.html"].read_text()


def test_failing_page_is_left_out_named_and_tried_again(root, monkeypatch):
    release = published(title="Fails")
    tell()
    name = f"{release.get_absolute_url().strip('/')}/index.html"
    monkeypatch.setattr(ReleaseView, "template_name", "no-such-template.html")
    with pytest.raises(CommandError, match=release.get_absolute_url()):
        call_command("mirror", to=root, host=HOST)
    assert "index.html" in files_of(root)
    assert name not in files_of(root)
    monkeypatch.undo()
    make(root)
    assert name in files_of(root)


def test_second_run_at_the_same_time_is_refused(root):
    with copies.alone(root), pytest.raises(CommandError, match="Another run"):
        call_command("mirror", to=root, host=HOST)


def test_strange_host_is_refused(root):
    with pytest.raises(CommandError, match=r"other\.example\.org"):
        call_command("mirror", to=root, host="other.example.org")
