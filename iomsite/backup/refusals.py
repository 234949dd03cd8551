"""What goes wrong, as a sentence for whoever runs the command."""

from collections.abc import Iterator
from contextlib import contextmanager


class Refused(Exception):
    """Nothing was changed where none says so."""


@contextmanager
def in_words(store: object) -> Iterator[None]:
    """Errors of the library that talks to object stores; it is large, and not loaded for this."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("boto3", "botocore"):
            raise
        raise Refused(f"{store} does not do what is asked: {error}.") from error
