"""deploy/nginx.conf as it stands, in a real nginx on the loopback interface."""

import http.client
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any

from .processes import HOST, ROOT, Answer, Nginx, answers_at, free_port

NAME = "www.example.org"
# Whoever asks is unknown to the certificate, and the certificate to whoever asks.
ANYBODY = ssl._create_unverified_context()


class Front(Nginx):
    """Before the applications at these addresses (`127.0.0.1:8000`, `unix:/run/…`)."""

    name = "front"

    def __init__(self, folder: Path, applications: list[str], *, brotli: bool = True) -> None:
        self.plain_port, self.mirror_port = free_port(), free_port()
        super().__init__(folder, _configuration(self.plain_port, self.mirror_port))
        for name in ("temporary", "srv/static", "srv/pages", "lib/media", "certbot"):
            (self.folder / name).mkdir(parents=True)
        self.snippets = self.folder / "iomsite"
        shutil.copytree(ROOT / "deploy/nginx", self.snippets)
        if not brotli:
            (self.snippets / "brotli.conf").unlink()
        self.place(applications)
        (self.snippets / "names.conf").write_text(f"server_name {NAME};\n")
        _make_certificate(self.snippets)

    def place(self, applications: list[str]) -> None:
        lines = [f"server {one} max_fails=3 fail_timeout=2s;\n" for one in applications]
        (self.snippets / "upstream.conf").write_text("".join(lines))

    def command(self) -> list[str]:
        """Modules are found below the folder that Debian's nginx has for its own."""
        return ["nginx", "-c", str(self.file), "-e", str(self.log), "-g", "daemon off;"]

    def is_ready(self) -> bool:
        return answers_at(self.port) and answers_at(self.plain_port)

    def get(self, path: str = "/", **how: Any) -> Answer:
        return over_tls(self.port, path, **how)

    def visits(self, number: int = 0) -> list[dict[str, Any]]:
        """Of the log, once there are so many."""
        log = self.folder / "visits.log"
        end = time.monotonic() + 5
        while True:
            lines = log.read_text().splitlines() if log.exists() else []
            if len(lines) >= number or time.monotonic() > end:
                return [json.loads(line) for line in lines]
            time.sleep(0.02)


def over_tls(
    port: int,
    path: str = "/",
    *,
    method: str = "GET",
    body: bytes | None = None,
    timeout: float = 30,
    **headers: str,
) -> Answer:
    """As `processes.get`, from a browser that asks for our name."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(NAME, port, timeout=timeout)
    connection.sock = ANYBODY.wrap_socket(
        socket.create_connection((HOST, port), timeout=timeout), server_hostname=NAME
    )
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers={"host": NAME, **named})
        response = connection.getresponse()
        read = response.read()
    finally:
        connection.close()
    found = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, found, read, time.monotonic() - began)


def _configuration(plain_port: int, mirror_port: int) -> str:
    """With what belongs to a whole machine put into `{folder}`; each part has to be there."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for there, here in {
        "user www-data;": f"user {pwd.getpwuid(os.getuid()).pw_name};",
        "listen 80": f"listen {HOST}:{plain_port}",
        "listen 443": f"listen {HOST}:{{port}}",
        "/run/nginx.pid": "{folder}/nginx.pid",
        "/var/log/nginx/": "{folder}/",
        "/var/cache/nginx/": "{folder}/",
        "/var/www/certbot": "{folder}/certbot",
        "/srv/iomsite": "{folder}/srv",
        "/var/lib/iomsite": "{folder}/lib",
        "127.0.0.1:8091": f"{HOST}:{mirror_port}",
        "http {\n": "http {\n" + _temporary(),
    }.items():
        assert there in text, there
        text = text.replace(there, here)
    return text


def _temporary() -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"    {kind}_temp_path {{folder}}/temporary/{kind};\n" for kind in kinds)


def _make_certificate(folder: Path) -> None:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-keyout", str(key)),
            *("-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    (folder / "certificate.conf").write_text(
        f"ssl_certificate {certificate};\nssl_certificate_key {key};\n"
    )
