"""`systemctl` for a machine without systemd: it does what deploy/systemd says, as far as needed.

    python -m tests.system.units FOLDER restart iomsite-web@a

FOLDER stands for the root of the machine. A unit's user and its hardening are left out, and timers
do nothing.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


class Unit:
    """One unit, with what is running of it noted in a file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name.removesuffix(".service")
        kind, _at, self.instance = self.name.partition("@")
        file = f"{kind}@.service" if self.instance else f"{kind}.service"
        units = folder / "etc/systemd/system"
        self.options = _read(units / file)
        for more in sorted(units.glob(f"{self.name}.service.d/*.conf")):
            for name_, values in _read(more).items():
                self.options.setdefault(name_, []).extend(values)
        # The number of its process.
        self.noted = folder / "run" / f"{self.name}.pid"

    def environment(self) -> dict[str, str]:
        """Later lines win, and files win over lines."""
        found = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        if self.noted.exists():
            found["MAINPID"] = self.noted.read_text()
        lines = [part for line in self.options.get("Environment", []) for part in shlex.split(line)]
        for told in self.options.get("EnvironmentFile", []):
            file = told.replace("%i", self.instance).removeprefix("-")
            if told.startswith("-") and not Path(file).exists():
                continue
            lines += [
                "".join(shlex.split(line)) if "'" in line or '"' in line else line
                for line in Path(file).read_text().splitlines()
                if "=" in line and not line.startswith("#")
            ]
        return found | dict(line.split("=", 1) for line in lines)

    def lines(self, name: str) -> list[list[str]]:
        known = self.environment()
        told = [
            re.sub(r"\$\{(\w+)\}", lambda found: known[found[1]], line.replace("%i", self.instance))
            for line in self.options.get(name, [])
        ]
        return [
            [
                word
                for part in shlex.split(line)
                for word in (shlex.split(known[part[1:]]) if part[:1] == "$" else [part])
            ]
            for line in told
        ]

    def run(self, name: str) -> None:
        for line in self.lines(name):
            if self._begun(line).wait():
                raise SystemExit(f"{self.name}: {shlex.join(line)} failed")

    def _begun(self, line: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "var/log/units").open("ab") as log:
            return subprocess.Popen(
                line,
                env=self.environment(),
                cwd=self.options["WorkingDirectory"][0],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self) -> None:
        self.run("ExecStartPre")
        if self.options["Type"] == ["oneshot"]:
            self.run("ExecStart")
            return self.run("ExecStartPost")
        (line,) = self.lines("ExecStart")
        self.noted.write_text(str(self._begun(line).pid))
        return self.run("ExecStartPost")

    def stop(self) -> None:
        if not self.noted.exists():
            return
        process = int(self.noted.read_text())
        if _is_alive(process):
            self.run("ExecStop")
            os.kill(process, signal.SIGTERM)
        end = time.monotonic() + int(self.options["TimeoutStopSec"][0])
        while _is_alive(process):
            if time.monotonic() > end:
                os.killpg(process, signal.SIGKILL)
                raise TimeoutError(f"{self.name} did not end")
            time.sleep(0.05)
        self.noted.unlink()


def _is_alive(process: int) -> bool:
    """What has ended and was not asked for, as nobody's child is here, counts as ended."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def _read(file: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", file.read_text()).splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def main(folder: str, command: str, *names: str) -> None:
    for name in names:
        if command in ("start", "restart", "stop"):
            unit = Unit(Path(folder), name)
            unit.stop()
            if command != "stop":
                unit.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
