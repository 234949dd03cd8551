"""Django's `loaddata`, taking JSON fixtures in any order and naming what is wrong with one.

Django loads files in the order they are given, postpones only references that may be empty, and
skips the validation of models.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.commands import loaddata
from django.core.serializers import deserialize, get_public_serializer_formats
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from iomsite import seeding
from iomsite.publishing.ledger import locked_ledger
from iomsite.publishing.models import Publishable
from iomsite.publishing.states import UNFINISHED
from iomsite.publishing.timetable import note_next


class Command(loaddata.Command):
    help = "Load JSON fixtures, in any order; a broken one leaves the database as it was."

    def loaddata(self, fixture_labels):
        self.serialization_formats = get_public_serializer_formats()
        found = [file for label in fixture_labels for file, *_ in self.find_fixtures(label)]
        paths = list(dict.fromkeys(found))
        if not all(path.endswith(".json") for path in paths):
            return super().loaddata(fixture_labels)  # other formats, and standard input

        entries = seeding.in_order(entry for path in paths for entry in seeding.read(path))
        seeding.check(entries, self.using, ignore_unknown_fields=self.ignore)
        with locked_ledger():  # first, as whoever publishes does: nobody waits for each other
            self._load(entries)
            transaction.on_commit(draw_cards, robust=True)  # not while others wait
        if self.verbosity >= 1:
            self.stdout.write(
                f"Installed {self.loaded_object_count} objects from {len(paths)} fixtures."
            )

    def _load(self, entries: list[seeding.Entry]) -> None:
        self.models = set()
        self.objs_with_deferred_fields = []
        self.loaded_object_count = 0
        deferred = []
        for entry in entries:
            for loaded in self._deserialize(entry):
                self._validate(entry, loaded, but=loaded.deferred_fields, constraints=False)
                self.loaded_object_count += self._save(entry, loaded)
                if loaded.deferred_fields:
                    deferred.append((entry, loaded))
        for _, loaded in deferred:
            loaded.save_deferred_fields(using=self.using)
        for entry, loaded in deferred:
            self._validate(entry, loaded)

        connection = connections[self.using]
        connection.check_constraints([model._meta.db_table for model in self.models])
        self.reset_sequences(connection, self.models)
        note_next()  # a replacement that waits may be among what was loaded

    def _deserialize(self, entry: seeding.Entry) -> list[DeserializedObject]:
        try:
            return list(
                deserialize(
                    "python",
                    [entry.data],
                    using=self.using,
                    ignorenonexistent=self.ignore,
                    handle_forward_references=True,
                )
            )
        except DeserializationError as error:
            entry.refuse(str(error))

    def _validate(
        self, entry: seeding.Entry, loaded: DeserializedObject, but=(), *, constraints=True
    ) -> None:
        """What a form would check. An object that is known already must not clash with itself."""
        loaded.object._state.adding = loaded.object.pk is None
        if isinstance(loaded.object, Publishable) and "uid" not in entry.fields:
            _keep_uid(loaded.object)
        if _moves_first_publication(loaded.object):
            entry.refuse(
                "The public has seen this page already: when that was does not change.",
                "first_published_at",
            )
        excluded = {field.name for field in but or ()} | _may_lack(loaded.object)
        try:
            loaded.object.full_clean(exclude=excluded, validate_constraints=constraints)
        except ValidationError as error:
            if not constraints:
                self._validate(entry, loaded, but)  # to say all that is wrong at once
            entry.refuse_invalid(error)

    def _save(self, entry: seeding.Entry, loaded: DeserializedObject) -> bool:
        """Constraints are the database's to hold; the model is asked only for what to say."""
        try:
            with transaction.atomic(using=self.using):
                return self.save_obj(loaded)
        except (DatabaseError, ValueError) as error:
            self._validate(entry, loaded, but=loaded.deferred_fields)
            entry.refuse(str(error))


def draw_cards() -> None:
    """Pages name the cards that they are shared with. What fails here is for `make_cards`."""
    call_command("make_cards", verbosity=0)


def _keep_uid(row: Publishable) -> None:
    """Where the fixture does not say it: a page keeps its own, an edition has that of its page."""
    page = row.edition_of_id or row.pk
    known = type(row).objects.filter(pk=page).values_list("uid", flat=True).first()
    row.uid = known or row.uid


def _moves_first_publication(row: Any) -> bool:
    """Whether a page that the public has seen says another moment than the one kept of it."""
    if not isinstance(row, Publishable) or row.first_published_at is None:
        return False
    seen = type(row).objects.filter(pk=row.pk, first_published_at__lte=timezone.now())
    kept = seen.values_list("first_published_at", flat=True).first()
    # A fixture keeps thousandths of a second, and no less.
    return bool(kept) and abs(kept - row.first_published_at) >= datetime.timedelta(milliseconds=1)


def _may_lack(row: Any) -> set[str]:
    """The empty fields of a draft: they are asked for when it is submitted."""
    if not isinstance(row, Publishable) or row.state not in UNFINISHED:
        return set()
    values = {field: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {
        field.name
        for field, value in values.items()
        if field.name not in ("slug", "state")
        and not field.blank  # rules about what may be empty are checked all the same
        and value in field.empty_values
        and (field.null or value is not None)
    }
