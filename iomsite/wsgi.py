"""The entry point of a WSGI server: `iomsite.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402  the settings are read by now

from iomsite.operation.assembly import assembled  # noqa: E402

page_cache = None
if settings.PAGE_CACHE_MB:
    from iomsite.pagecache.application import PageCache

    application = page_cache = PageCache(application, most=settings.PAGE_CACHE_MB * 1024 * 1024)
application = assembled(application, page_cache)
