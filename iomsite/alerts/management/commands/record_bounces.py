import mailbox
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from iomsite.alerts import bounces


class Command(BaseCommand):
    help = (
        "Read reports of mail that came back (RFC 3464): one from standard input, as a mail server "
        "pipes it, or all of a Maildir, which is emptied of those that were about alerts."
    )

    def add_arguments(self, parser):
        parser.add_argument("--maildir", type=Path, help="a folder with new/ and cur/")

    def handle(self, *, maildir=None, **options):
        if maildir is None:
            number = int(bounces.record(sys.stdin.buffer.read(bounces.LONGEST)))
        else:
            number = self._read(maildir)
        self.stdout.write(f"{number} reports about alerts.")

    def _read(self, folder):
        if not (folder / "new").is_dir():
            raise CommandError(f"{folder} is no Maildir: it has no folder “new”.")
        box = mailbox.Maildir(folder, create=False)
        done = [key for key in box.iterkeys() if bounces.record(box.get_bytes(key))]
        for key in done:
            box.discard(key)
        return len(done)
