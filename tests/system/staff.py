"""Somebody who is signed in to a real server, and sends forms to it."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .processes import Answer, Production, Site

# As `force_login` of the other tests: a session as sign-in leaves it, with its second factor.
SIGN_IN = """
import time
from allauth.account.internal.flows import login
from django.test import Client
from iomsite.accounts.models import User
user = User.objects.create_superuser("ada", "ada@example.org", "a-long-enough-secret")
client = Client()
client.force_login(user)
session = client.session
now = time.time()
session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
    {"method": "password", "at": now}, {"method": "mfa", "at": now, "type": "totp"}
]
session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
session.save()
print(session.session_key)
"""


@dataclass
class Staff:
    session: str
    token: str

    @classmethod
    def of(cls, production: Production) -> "Staff":
        session = production.manage("shell", "-v0", "-c", SIGN_IN).stdout.split()[-1]
        return cls(session, secrets.token_hex(16))

    def headers(self) -> dict[str, str]:
        cookies = f"__Host-sessionid={self.session}; __Host-csrftoken={self.token}"
        return {"cookie": cookies, "referer": "https://www.example.org/"}

    def get(self, site: Site, path: str) -> Answer:
        return site.get(path, **self.headers())

    def post(self, site: Site, path: str, **fields: Any) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        form = {"content_type": "application/x-www-form-urlencoded"}
        return site.get(path, method="POST", body=body, **form, **self.headers())

    def upload(self, site: Site, path: str, data: bytes, **fields: Any) -> Answer:
        """`data` as the photograph of a form."""
        edge = secrets.token_hex(16)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"csrfmiddlewaretoken": self.token, **fields}.items()
        ]
        head = 'Content-Disposition: form-data; name="file"; filename="a.jpg"'
        parts.append(f"--{edge}\r\n{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode() + data)
        body = b"".join(parts) + f"\r\n--{edge}--\r\n".encode()
        form = {"content_type": f"multipart/form-data; boundary={edge}"}
        return site.get(path, method="POST", body=body, **form, **self.headers())
