"""Sessions in the database, saved by one statement: most pages of staff leave a message there."""

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    def save(self, must_create: bool = False) -> None:
        """What is there already is written without a transaction around that one statement."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row: Any = self.create_model_instance(self._get_session())
        said = {"session_data": row.session_data, "expire_date": row.expire_date}
        if not self.model.objects.filter(session_key=row.session_key).update(**said):
            raise UpdateError
