from django.core.management.base import BaseCommand, CommandError

from iomsite.alerts import asking, matching, outbox
from iomsite.publishing import readonly, timetable


class Command(BaseCommand):
    help = (
        "Find what is new for whom, and send the mail that is due. Run it every few minutes; "
        "several at once are no harm."
    )

    def handle(self, **options):
        if readonly.asked():
            self.stdout.write("Nothing is sent while the site is read-only.")
            return
        timetable.replace_due()
        new, unanswered = matching.look()
        ends = outbox.send_waiting()
        asking.tidy()
        told = ", ".join(f"{number} {fate}" for fate, number in sorted(ends.items()))
        self.stdout.write(f"{new} put together; {told or 'nothing to send'}.")
        if unanswered:
            raise CommandError(
                f"{unanswered} questions found no answer: the log says which and why. Whoever asked"
                " them is told of what is new when they do."
            )
