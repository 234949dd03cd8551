"""Something to look at where the seed has no photograph."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from iomsite.images import library
from iomsite.images.drawing import encoded, scene
from iomsite.images.models import Photo
from iomsite.images.uploads import clean_photo
from iomsite.publishing.states import State
from news.models import NewsRelease, ReleasePhoto
from programmes.models import EngagementPhoto, RegionalEngagement

SIZE = (2400, 1600)
SLUG = "demonstration-{}"
CAPTION = "A drawing made by a program to show where photographs stand. It shows nothing real."
SHOWS = "Coloured ovals on a cloudy ground"
# The newest of each kind of page that shows photographs, and how many drawings each gets.
PLACES = ((NewsRelease, ReleasePhoto, (1, 2, 1)), (RegionalEngagement, EngagementPhoto, (1, 2)))


class Command(BaseCommand):
    help = (
        "Draw pictures, caption them as drawn, and put them on the newest releases and regional "
        "engagements (development only). With --remove, take all of them away again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true")

    def handle(self, *, remove, **options):
        if not settings.DEBUG:
            raise CommandError(
                "demo_photographs is for development (DEBUG=true): it publishes what nobody took."
            )
        with transaction.atomic():
            taken = _take_away()
            if remove:
                self.stdout.write(f"{taken} drawings taken away.")
                return
            drawn = [_on(*place) for place in _places()]
        for photo in drawn:
            library.complete(photo)
        self.stdout.write(f"{len(drawn)} drawings stand on pages. --remove takes them away.")


def _places():
    """A number, a page, and the model of its photographs, for each drawing."""
    number = 0
    for model, use, shares in PLACES:
        for page, share in zip(model.objects.published(), shares, strict=False):
            for _turn in range(share):
                number += 1
                yield number, page, use


def _on(number, page, use):
    clean = clean_photo(ContentFile(encoded(scene(*SIZE, number))))
    now = timezone.now()
    photo = Photo.objects.create(
        title=f"Demonstration {number}",
        slug=SLUG.format(number),
        file=clean,
        width=clean.width,
        height=clean.height,
        caption=CAPTION,
        description=SHOWS,
        credit_organisation="Drawn by a program",
        licence=Photo.Licence.PUBLIC_DOMAIN,
        consent=Photo.Consent.NOT_NEEDED,
        state=State.PUBLISHED,
        published_at=now,
        first_published_at=now,
    )
    owner = {use.owner_field: page}
    last = use.objects.filter(**owner).count()
    use.objects.create(photo=photo, is_decorative=True, order=last + 1, **owner)
    return photo


def _take_away():
    photos = Photo.objects.filter(slug__in=[SLUG.format(number) for number in range(1, 100)])
    for _model, use, _shares in PLACES:
        use.objects.filter(photo__in=photos).delete()
    _number, found = photos.delete()
    return found.get(Photo._meta.label, 0)
