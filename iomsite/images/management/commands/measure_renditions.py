"""Measure what a photograph costs, from its upload to the last of its sizes."""

import multiprocessing
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand

from iomsite.images import measuring

SIZES = ((4000, 3000), (6000, 4000))


class Command(BaseCommand):
    help = (
        "Measure processor time and peak memory of one photograph of 12 and one of 24 megapixels, "
        "drawn for the purpose, each in a process of its own."
    )

    def handle(self, **options):
        context = multiprocessing.get_context("spawn")
        for width, height in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                path, told = str(Path(folder) / "photo.jpg"), context.SimpleQueue()
                for work, arguments in (
                    (measuring.draw, (path, width, height)),
                    (measuring.measure, (path, folder, told)),
                ):
                    child = context.Process(target=work, args=arguments)
                    child.start()
                    child.join()
                self._tell(told.get(), Path(path).stat().st_size)

    def _tell(self, cost, size):
        self.stdout.write(
            f"{cost.megapixels:.0f} megapixels ({size / 1_000_000:.1f} MB): "
            f"upload {cost.upload_seconds:.2f} s, sizes {cost.sizes_seconds:.2f} s, "
            f"together {cost.upload_seconds + cost.sizes_seconds:.2f} s of CPU; "
            f"peak {cost.peak} MB"
        )
