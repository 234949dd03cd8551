"""What was sent may have been saved, although an error came of it: the answer must not deny it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError


@contextmanager
def in_doubt() -> Iterator[None]:
    """Around what saves, or comes after that."""
    try:
        yield
    except (InterfaceError, OperationalError) as error:
        error.is_in_doubt = True  # type: ignore[attr-defined]
        raise


def is_in_doubt(error: BaseException | None) -> bool:
    """Whether it began there; what was tried after that fails as well."""
    while error is not None:
        if getattr(error, "is_in_doubt", False):
            return True
        error = error.__context__
    return False
