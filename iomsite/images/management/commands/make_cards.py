"""Draw the cards that pages are shared with, where they are missing."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from iomsite.images import cards, library


class Command(BaseCommand):
    help = "Draw the cards that are shown where pages are shared, where they are missing."

    def handle(self, *, verbosity, **options):
        there = set(library.below(cards.FOLDER))
        before = len(there)
        for words in cards.all_words():
            name = cards.name_of(words)
            if name not in there:
                default_storage.save(name, ContentFile(cards.draw(words)))
                there.add(name)
        if verbosity:
            self.stdout.write(f"{len(there) - before} cards drawn.")
