"""The entry point of a WSGI server: `iomsite.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from iomsite.operation.memory import settle, tighten

tighten()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402  the settings are read by now

from iomsite.operation.assembly import assembled  # noqa: E402
from iomsite.operation.leading import lead  # noqa: E402

page_cache = None
if settings.PAGE_CACHE_MB:
    from iomsite.listing import read_ahead
    from iomsite.pagecache.application import PageCache
    from iomsite.pagecache.places import Places
    from iomsite.pagecache.pulse import Pulses
    from iomsite.pagecache.watch import Watch
    from news.filters import RELEASES

    read_ahead(RELEASES)
    shared = None
    if settings.CACHE_URL:
        from iomsite.pagecache.release import release
        from iomsite.pagecache.shared import Shared

        shared = Shared(settings.CACHE_URL, release())

    watch = Watch(pulses=Pulses() if "replica" in settings.DATABASES else None)
    most = settings.PAGE_CACHE_MB * 1024 * 1024
    page_cache = PageCache(Places(application, watch), most=most, watch=watch, shared=shared)
    application = page_cache
application = assembled(application, page_cache)
lead(application.is_at_hand)
settle(between_requests=page_cache is not None)
