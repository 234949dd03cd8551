"""What Django's own administration costs on the same rows: `python -m bench.plain_desk`.

Prints lines like those of `bench.desk`, with which it is to be run by turns.
"""

import argparse
from pathlib import Path

from django.contrib import admin

from .desk import ROUNDS, Bill, Person, draft
from .worker import prepare


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    prepare(Path(admin.__file__).parent / "templates")  # its own before ours
    from tests.submission import fields_of

    bill, writer = Bill(), Person("plain")
    writer.user.is_superuser = True
    writer.user.save()
    for _ in range(rounds):
        release = draft()
        address = f"/plain-admin/news/newsrelease/{release.pk}/change/"
        form = fields_of(bill.of("open a form of Django's", writer.get, address))
        form |= {"lead": f"{release.lead} Newer."}
        bill.of("save a form of Django's", writer.post, address, form, status=302)
        release.refresh_from_db()
        if not release.lead.endswith("Newer."):
            raise SystemExit("It was not saved.")
    print(*bill.lines(), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
