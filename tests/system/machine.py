"""A folder in place of a machine: docs/deploy.md is carried out in it, as far as that goes.

Lent are the packages and the collected static files, which would take minutes, and `systemctl`
(see `units`).
"""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from . import page
from .front import over_tls
from .processes import HOST, ROOT, Answer, Postgres, free_port
from .units import Unit

NOT_CODE = (
    ".git",
    ".venv",
    "var",
    "__pycache__",
    "*.sqlite3",
    "tests",
    "bench",
    "docs",
    "fixtures",
)
# What a test has no right to, or no need of.
NOTHING = ("apt-get", "adduser", "chown")
# The line of deploy/prepare for which the collected files stand in.
COLLECT = "manage collectstatic --noinput --verbosity 0"


class Machine:
    """Its database is a copy of `template`, a database of that server; `static` is lent to it."""

    def __init__(
        self, folder: Path, server: Postgres, template: str, cache_url: str, static: str
    ) -> None:
        self.folder = folder
        self.server = server
        self.port, self.plain_port, self.mirror_port = free_port(), free_port(), free_port()
        self.origin = self.folder / "origin"
        self.places = self._places(template, cache_url, static)
        for name in ("bin", "run", "etc/tmpfiles.d", "etc/systemd/system", "etc/nginx"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "var/log/nginx").mkdir(parents=True)
        self._write_programs()
        self._write_code()
        self._lend_packages()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Everything, also where one part does not end."""
        with ExitStack() as parts:
            for name in ("iomsite-web@a", "iomsite-web@b"):
                if (self.folder / "run" / f"{name}.pid").exists():
                    parts.callback(lambda name=name: Unit(self.folder, name).stop())
            if (self.folder / "run/nginx.pid").exists():
                parts.callback(self.shell, "nginx -s stop")

    def steps(self) -> dict[str, str]:
        """The blocks of docs/deploy.md that a machine carries out, by their headings."""
        found: dict[str, str] = {}
        for block in page.blocks():
            if not block.by_hand:
                found[block.title] = found.get(block.title, "") + self.here(block.lines)
        return found

    def set_up(self) -> None:
        """The numbered steps, in one shell."""
        self.shell("".join(lines for title, lines in self.steps().items() if title[0].isdigit()))

    def shell(self, lines: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines],
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr + self._log()
        return done.stdout

    def get(self, path: str = "/", **how: Any) -> Answer:
        return over_tls(self.port, path, **how)

    def commit(self, words: str) -> None:
        """What stands in the folder of the code is the newest version."""
        self.shell(f"cd origin && git add --all && git commit --quiet --message '{words}'")

    def here(self, text: str) -> str:
        for there, here in self.places.items():
            text = text.replace(there, here)
        return text

    def _places(self, template: str, cache_url: str, static: str) -> dict[str, str]:
        below = ("/srv/iomsite", "/var/lib/iomsite", "/var/www/certbot", "/var/log/nginx/")
        below += ("/var/cache/nginx", "/run/iomsite", "/run/nginx.pid", "/etc/iomsite")
        below += ("/etc/nginx/", "/etc/systemd/system", "/etc/tmpfiles.d")
        return {
            "https://git.example.org/iomsite.git": str(self.origin),
            " --owner iomsite --group iomsite": "",
            "--template template0": f"--template {template}",
            "postgres://%2Frun%2Fpostgresql/iomsite": self.server.url("iomsite"),
            "redis://127.0.0.1:6379/0": cache_url,
            COLLECT: f'mkdir "$release/var" && ln --symbolic {static} "$release/var/static"',
            **{place: f"{self.folder}{place}" for place in below},
            "user www-data;": "user root;" if os.getuid() == 0 else "",
            "listen [::]:": "#",
            "listen 80": f"listen {HOST}:{self.plain_port}",
            "listen 443": f"listen {HOST}:{self.port}",
            "127.0.0.1:8091": f"{HOST}:{self.mirror_port}",
            "www.example.org:443:": f"www.example.org:{self.port}:",
            "https://www.example.org/": f"https://www.example.org:{self.port}/",
        }

    def _write_programs(self) -> None:
        nginx = f"/usr/sbin/nginx -c {self.folder}/etc/nginx/nginx.conf -e {self.folder}/run/nginx"
        units = f"{sys.executable} -m tests.system.units {self.folder}"
        folders = f"sed -n 's/^d \\([^ ]*\\).*/\\1/p' {self.folder}/etc/tmpfiles.d/iomsite.conf"
        systemctl = (
            f'[ "$*" != "restart nginx" ] || exec {nginx}\n'
            f'[ "$*" != "reload nginx" ] || exec {nginx} -s reload\n'
            f'cd {ROOT}\nexec {units} "$@"'
        )
        programs = {
            **dict.fromkeys(NOTHING, "exit 0"),
            # Of a user: the one that there is here.
            "runuser": 'shift 3; exec "$@"',
            "systemd-tmpfiles": f"{folders} | xargs mkdir --parents",
            "nginx": f'exec {nginx} "$@"',
            "systemctl": systemctl,
        }
        for name, line in programs.items():
            file = self.folder / "bin" / name
            file.write_text(f"#!/bin/bash\n{line}\n")
            file.chmod(0o755)
        shutil.copy("/etc/nginx/mime.types", self.folder / "etc/nginx")
        (self.folder / "etc/nginx/modules-enabled").symlink_to("/etc/nginx/modules-enabled")

    def _write_code(self) -> None:
        shutil.copytree(ROOT, self.origin, ignore=shutil.ignore_patterns(*NOT_CODE))
        assert COLLECT in (self.origin / "deploy/prepare").read_text()
        for file in (self.origin / "deploy").rglob("*"):
            if file.is_file():
                file.write_text(self.here(file.read_text()))
        self.shell("cd origin && git init --quiet --initial-branch main")
        self.commit("First")

    def _lend_packages(self) -> None:
        """Those of the tests, in place of an installation that takes a minute."""
        named = self.shell("sha256sum <origin/requirements.txt | head --bytes 16")
        venv = self.folder / "srv/iomsite/venvs" / named
        venv.mkdir(parents=True)
        for part in (ROOT / ".venv").iterdir():
            (venv / part.name).symlink_to(part)
        (venv / "complete").touch()

    def _environment(self) -> dict[str, str]:
        person = {"NAME": "Tests", "EMAIL": "tests@example.org"}
        return {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "PGHOST": HOST,
            "PGPORT": str(self.server.port),
            "PGUSER": "postgres",
            **{
                f"GIT_{who}_{key}": value
                for who in ("AUTHOR", "COMMITTER")
                for key, value in person.items()
            },
        }

    def _log(self) -> str:
        log = self.folder / "var/log/units"
        return log.read_text()[-3000:] if log.exists() else ""
