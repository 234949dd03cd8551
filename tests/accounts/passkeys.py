"""A passkey in software: what a browser and its authenticator answer to a challenge of ours."""

import hashlib
import json
import secrets

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cose
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HOST = "testserver"
PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


class Passkey:
    """Of one person, already known to the site."""

    def __init__(self, user):
        self.user, self.id = user, secrets.token_bytes(16)
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.row = WebAuthn.add(user, "Laptop", self._registration()).instance

    def _registration(self):
        key = cose.ES256.from_cryptography_key(self.secret.public_key())
        data = AttestedCredentialData.create(Aaguid.NONE, self.id, key)
        attested = PRESENT | AuthenticatorData.FLAG.AT
        made = AttestationObject.create("none", _data(attested, data), {})
        client = CollectedClientData.create("webauthn.create", b"past", f"https://{HOST}")
        return self._message(
            clientDataJSON=websafe_encode(client), attestationObject=websafe_encode(made)
        )

    def answer(self, client, *, flags=PRESENT | VERIFIED, origin=f"https://{HOST}"):
        """What the browser posts for the challenge that its session waits for."""
        challenge = client.session[STATE_SESSION_KEY]["challenge"]
        said = CollectedClientData.create("webauthn.get", challenge, origin)
        data = _data(flags)
        signature = self.secret.sign(data + said.hash, ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(self.user).encode()
        parts = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": handle,
        }
        encoded = {name: websafe_encode(part) for name, part in parts.items()}
        return {"credential": json.dumps(self._message(**encoded))}

    def _message(self, **response):
        key = websafe_encode(self.id)
        return {"id": key, "rawId": key, "type": "public-key", "response": response}


def _data(flags, credential=b""):
    return AuthenticatorData.create(hashlib.sha256(HOST.encode()).digest(), flags, 1, credential)
