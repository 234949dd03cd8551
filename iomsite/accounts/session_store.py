"""Sessions in the database: read by a statement that is worded once, and saved by one statement,
for most pages of staff leave a message there."""

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from iomsite.doubt import in_doubt
from iomsite.prepared import Given, Prepared


def _session() -> Any:
    from django.contrib.sessions.models import Session  # models load after this module

    key, at = Given("key", CharField()), Given("at", DateTimeField())
    rows = Session.objects.filter(session_key=key, expire_date__gt=at)
    return rows.values_list("session_data")


# Every page of staff begins with it.
_DATA = Prepared(_session)


class SessionStore(DatabaseStore):
    def load(self) -> dict[str, Any]:
        rows = _DATA(key=self.session_key, at=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(rows[0][0])
        return found

    @in_doubt()
    def save(self, must_create: bool = False) -> None:
        """What is there already is written without a transaction around that one statement.

        It comes after everything else: a form whose message cannot be left has been saved.
        """
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row: Any = self.create_model_instance(self._get_session())
        said = {"session_data": row.session_data, "expire_date": row.expire_date}
        if not self.model.objects.filter(session_key=row.session_key).update(**said):
            raise UpdateError
