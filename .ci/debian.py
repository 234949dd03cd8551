"""Boot the Debian in the given folder, carry out docs/deploy.md in it, and look: see .ci/debian.

The folder holds `root`, with the packages of the first step downloaded, and `wheels`. There is no
network but a loopback interface, which the new machine shares.
"""

import html
import http.client
import json
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.system import page  # noqa: E402
from tests.system.front import ANYBODY, NAME, over_tls  # noqa: E402
from tests.system.load import Load  # noqa: E402
from tests.system.processes import HOST, Answer, wait_for  # noqa: E402
from tests.system.version import NEW, STEPS, ask, write_new_version  # noqa: E402

# What a machine without a name, a network and a person cannot do, and what stands in for it. The
# address of the code leads to a folder; packages of Python lie in another; certbot signs itself,
# where it would have put what others sign.
STAND_INS = {
    "etc/apt/apt.conf.d/offline": 'Acquire::Retries "0";',
    "etc/gitconfig": """
[url "/srv/origin"]
    insteadOf = https://git.example.org/iomsite.git
""",
    "etc/pip.conf": """
[global]
no-index = true
find-links = /srv/wheels
""",
    "usr/local/bin/certbot": """#!/bin/bash
set -euo pipefail
[[ $* == "certonly --webroot --webroot-path /var/www/certbot --domain www.example.org "* ]]
live=/etc/letsencrypt/live/www.example.org
install --directory $live
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=www.example.org \\
    -keyout $live/privkey.pem -out $live/fullchain.pem 2>/dev/null
""",
}
# Asks a person otherwise; who it is stands in the environment.
ASKS = ("manage createsuperuser ", "manage createsuperuser --noinput ")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "DEBIAN_FRONTEND": "noninteractive",
    "DJANGO_SUPERUSER_USERNAME": "ada",
    "DJANGO_SUPERUSER_EMAIL": "ada@example.org",
    "DJANGO_SUPERUSER_PASSWORD": "a-long-enough-secret",
}
# Networks of IPv6 that lead to this machine alone, and addresses in each: all together ask for more
# than one visitor may (deploy/nginx.conf), each of them for less.
GREEDY, MODEST, ADDRESSES = "fd12:3456:789a:1", "fd12:3456:789a:2", 8
# As in .ci/debian.
CANNOT = 77
# How systemd-nspawn ends where the machine in it wants to be booted anew.
REBOOT = 133
TELL = 'echo "This failed: $BASH_COMMAND"'
NAMESPACES = ("--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wd")
MANAGE = "/srv/iomsite/current/deploy/manage"
APPLICATIONS = {"iomsite-web@a.service", "iomsite-web@b.service"}
TIMERS = {file.name for file in (ROOT / "deploy/systemd").glob("*.timer")}
TASKS = sorted(name.removeprefix("iomsite-").removesuffix(".timer") for name in TIMERS)
SERVERS = {"nginx.service", "postgresql.service", "redis-server.service"}

# Run by a unit in place of what it runs: what it can do that it must not, and the other way round.
# /srv/open and what lies there is everybody's, so that only systemd stands between.
PROBE = """
import ctypes, errno, os, pathlib, socket
libc = ctypes.CDLL(None, use_errno=True)

def refused(what, *numbers):
    try:
        done = what()
    except OSError as error:
        if error.errno not in numbers:
            print("NOT CONFINED:", what.__name__, error)
    else:
        print("NOT CONFINED:", what.__name__, done)

def called(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")

def write_outside(): pathlib.Path("/srv/open/file").write_text("x")
def write_code(): pathlib.Path("/srv/iomsite/current/open").write_text("x")
def write_settings(): pathlib.Path("/etc/open").write_text("x")
def write_run(): pathlib.Path("/run/open/file").write_text("x")
def write_kernel_settings(): pathlib.Path("/proc/sys/kernel/domainname").write_text("x")
def read_homes(): os.listdir("/home/open")
def see_others(): os.stat("/proc/1")
def send_packets(): socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
def ask_kernel(): socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
def make_namespace(): called(libc.unshare(0x10000000))
def mount(): called(libc.mount(b"none", b"/var/lib/iomsite", b"tmpfs", 0, None))
def set_user_id(): os.chmod("/var/lib/iomsite/probe", 0o4755)
def see_tmp(): os.stat("/tmp/of-others")
def see_devices(): os.stat("/dev/open")

refused(write_outside, errno.EROFS)
refused(write_code, errno.EROFS)
refused(write_settings, errno.EROFS)
refused(write_run, errno.EROFS)
refused(write_kernel_settings, errno.EROFS, errno.EACCES)
refused(read_homes, errno.EACCES, errno.ENOENT)
refused(see_others, errno.ENOENT)
refused(send_packets, errno.EAFNOSUPPORT)
refused(ask_kernel, errno.EAFNOSUPPORT)
refused(make_namespace, errno.EPERM)
refused(mount, errno.EPERM)
refused(see_tmp, errno.ENOENT)
refused(see_devices, errno.ENOENT)
for folder in ("/var/lib/iomsite", "/run/iomsite", "/tmp"):
    pathlib.Path(folder, "probe").write_text("x")
refused(set_user_id, errno.EPERM)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
found = {name: status[name].strip() for name in ("NoNewPrivs", "CapBnd", "Seccomp", "Umask")}
wanted = {"NoNewPrivs": "1", "CapBnd": "0" * 16, "Seccomp": "2", "Umask": "0027"}
if found != wanted:
    print("NOT CONFINED:", found)
print("Looked.")
"""
PROBING = """
[Service]
Type=oneshot
Restart=no
ExecStartPre=
ExecStart=
ExecStart=/srv/iomsite/current/.venv/bin/python /srv/open/probe.py
ExecStartPost=
ExecStop=
"""


class Debian:
    """A machine of its own, but for the network. It ends with the namespace of .ci/debian."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"

    def boot(self) -> None:
        with (self.folder / "console").open("a") as console:
            self.process = subprocess.Popen(
                [
                    *("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"),
                    *("--machine=iomsite", f"--directory={self.root}", "--console=pipe"),
                    *("--resolv-conf=off", "--timezone=off", "--link-journal=no"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        try:
            wait_for(self._is_up, seconds=90, every=0.3)
        except TimeoutError as error:
            raise AssertionError((self.folder / "console").read_text()[-3000:]) from error

    def reboot(self) -> None:
        self._enter("systemctl reboot")
        assert self.process.wait(90) == REBOOT
        self.boot()

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise TimeoutError
        if not self._first():
            return False
        state = self._enter("systemctl is-system-running || true").stdout.strip()
        return state in ("running", "degraded")

    def shell(self, lines: str) -> str:
        """As root, in one shell; what it said."""
        done = self._enter(lines)
        assert done.returncode == 0, f"… {done.stdout[-2000:]}\n{self.failures()}"
        return done.stdout

    def failures(self) -> str:
        """Of the units that have failed, their last words."""
        return self._enter(
            "systemctl --failed --plain --no-legend | cut -d ' ' -f 1 "
            "| xargs -r -I {} journalctl --no-pager -n 25 -u {}"
        ).stdout

    def _enter(self, lines: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *("nsenter", f"--target={self._first()}", *NAMESPACES, "--"),
                *("bash", "-Eeuo", "pipefail", "-c", f"trap '{TELL}' ERR\n{lines}"),
            ],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _first(self) -> int:
        """Its first process; 0 while there is none."""
        number = self.process.pid
        children = Path(f"/proc/{number}/task/{number}/children")
        try:
            return int((children.read_text().split() or ["0"])[0])
        except OSError:
            return 0


def put_code(origin: Path) -> None:
    """What lies in this working tree, as the newest version."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, origin / name)
    git(origin, "init", "--quiet", "--initial-branch", "main")
    commit(origin, "First")


def commit(origin: Path, words: str) -> None:
    git(origin, "add", "--all")
    git(
        origin,
        *("-c", "user.name=Tests", "-c", "user.email=tests@example.org"),
        *("commit", "--quiet", "--message", words),
    )


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def furnish(debian: Debian) -> None:
    """Before it is booted."""
    for name, text in STAND_INS.items():
        file = debian.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip("\n"))
        file.chmod(0o755 if "bin/" in name else 0o644)
    put_code(debian.root / "srv/origin")
    shutil.move(debian.folder / "wheels", debian.root / "srv/wheels")


def carry_out(debian: Debian) -> None:
    """The numbered steps, in one shell, with what is done by hand in its place."""
    steps = [block for block in page.blocks() if block.is_step]
    debian.shell("".join(block.lines for block in steps).replace(*ASKS))


def lines_of(title: str) -> str:
    return "".join(block.lines for block in page.blocks() if block.title == title)


def get(path: str = "/", **how: Any) -> Answer:
    return over_tls(443, path, **how)


def check_units(debian: Debian) -> None:
    for one in sorted(APPLICATIONS | TIMERS | SERVERS):
        for state in ("enabled", "active"):
            debian.shell(
                f"systemctl is-{state} --quiet {one} || {{ echo {one} not {state}; exit 1; }}"
            )
    failed = debian.shell("systemctl --failed --plain --no-legend")
    assert not failed, failed + debian.failures()
    for one in sorted(TIMERS):
        told = debian.shell(f"systemctl show --property NextElapseUSecRealtime,SubState {one}")
        # While its task runs, nobody says when the next one will.
        is_due = "SubState=running\n" in told or "NextElapseUSecRealtime=\n" not in told
        assert is_due, f"{one} is not scheduled."


def check_confined(debian: Debian) -> None:
    debian.shell(
        "install --directory --mode 1777 /srv/open /home/open /run/open\n"
        "install --mode 666 /dev/null /etc/open\n"
        "install --mode 666 /dev/null /dev/open\n"
        "install --mode 666 /dev/null /tmp/of-others\n"
        "install --mode 666 /dev/null /srv/iomsite/current/open\n"
        f"echo {shlex.quote(PROBE)} >/srv/open/probe.py\n"
    )
    for unit in ("iomsite-web@probe", "iomsite-task@probe"):
        told = debian.shell(
            f"install --directory /etc/systemd/system/{unit}.service.d\n"
            f"echo {shlex.quote(PROBING)} >/etc/systemd/system/{unit}.service.d/probe.conf\n"
            f"systemctl daemon-reload\n"
            f"systemctl start {unit} || true\n"
            f"journalctl --no-pager --output cat --unit {unit}\n"
            f"rm -r /etc/systemd/system/{unit}.service.d\n"
        )
        assert "NOT CONFINED" not in told, f"{unit}: {told}"
        assert "Looked." in told, f"{unit}: {told}"
    debian.shell(
        "systemctl daemon-reload\n"
        "rm -r /srv/open /home/open /run/open /etc/open /dev/open /srv/iomsite/current/open\n"
        "rm /var/lib/iomsite/probe /run/iomsite/probe\n"
    )
    for unit in ("iomsite-web@a.service", "iomsite-task@backup.service"):
        debian.shell(f"systemd-analyze security --no-pager --threshold=20 {unit}")


def check_site(debian: Debian) -> None:
    """The page that it comes with, over TLS with the certificate that certbot brought."""
    answer = get()
    assert answer.status == 200, answer
    titles = [
        release["fields"]["title"]
        for release in json.loads((ROOT / "fixtures/news.newsrelease.json").read_text())
    ]
    said = html.unescape(answer.body.decode())
    assert any(title in said for title in titles), said
    certificate = ssl.get_server_certificate((HOST, 443))
    brought = debian.root / "etc/letsencrypt/live/www.example.org/fullchain.pem"
    assert certificate.strip() == brought.read_text().strip()
    ready = get("/readyz")
    assert (ready.status, json.loads(ready.body)["status"]) == (200, "ready"), ready.body
    with socket.create_connection((HOST, 80), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\nHost: www.example.org\r\n\r\n")
        assert b"301" in plain.recv(100).split(b"\r\n")[0]


def check_networks(_debian: Debian) -> None:
    """Who asks from ever other addresses of one network of IPv6 is one visitor to nginx."""
    for network in (GREEDY, MODEST):
        for host in range(ADDRESSES):
            given = f"{network}::{host + 1:x}/64"
            subprocess.run(["ip", "-6", "address", "add", given, "dev", "lo", "nodad"], check=True)
    with ThreadPoolExecutor(ADDRESSES) as pool:
        found = list(pool.map(asked_from, [f"{GREEDY}::{n + 1:x}" for n in range(ADDRESSES)]))
    refused = sum(status == 429 for statuses in found for status in statuses)
    assert all(set(statuses) <= {200, 429} for statuses in found), found
    assert refused >= 10, found
    statuses = asked_from(f"{MODEST}::1", 10)
    assert statuses == [200] * 10, statuses


def asked_from(address: str, number: int = 60) -> list[int]:
    """The statuses of so many visits from there, over one connection."""
    connection = http.client.HTTPConnection(NAME, timeout=30)
    plain = socket.create_connection(("::1", 443), timeout=30, source_address=(address, 0))
    connection.sock = ANYBODY.wrap_socket(plain, server_hostname=NAME)
    statuses = []
    with closing(connection):
        for _visit in range(number):
            connection.request("GET", "/news/")
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
    return statuses


def check_tasks(debian: Debian) -> None:
    for task in TASKS:
        debian.shell(f"systemctl start iomsite-task@{task}")
    ended = {file.name for file in (debian.root / "var/lib/iomsite/tasks").iterdir()}
    # There is no mail server that would bring any.
    assert set(TASKS) - ended == {"record_bounces"}, ended
    check_killed_task(debian)


def check_killed_task(debian: Debian) -> None:
    """It has failed, and its note is as old as before."""
    note = debian.root / "var/lib/iomsite/tasks/make_cards"
    before = note.stat().st_mtime_ns
    told = debian.shell(
        "unit=iomsite-task@make_cards\n"
        "systemctl start $unit & starting=$!\n"
        "until [ $(systemctl show --property MainPID --value $unit) != 0 ]; do sleep 0.1; done\n"
        "systemctl kill $unit\n"
        "wait $starting || true\n"
        "systemctl show --property Result $unit\n"
        "systemctl reset-failed $unit\n"
    )
    assert "Result=signal" in told, told
    assert note.stat().st_mtime_ns == before


def check_update(debian: Debian) -> None:
    """Under load, with a migration, as tests/system/test_rolling.py has it."""
    origin = debian.root / "srv/origin"
    write_new_version(origin)
    commit(origin, "Second")
    with Load(ask(get), rate=20) as load:
        told = debian.shell(lines_of("Update"))
    steps = [line.split()[1] for line in told.splitlines() if line.startswith("== ")]
    assert steps == STEPS, told
    assert set(load.outcomes()) == {"200", "204"}, load.outcomes()
    for _each in APPLICATIONS:
        assert NEW.encode() in get("/", cookie="a=1").body


def check_way_back(debian: Debian) -> None:
    debian.shell(lines_of("The way back"))
    for _each in APPLICATIONS:
        assert NEW.encode() not in get("/", cookie="a=1").body


def check_restore(debian: Debian) -> None:
    """As docs/backup.md says, into an empty database and an empty folder."""
    debian.shell("systemctl start iomsite-task@backup")
    # A task that runs is stopped, and has not failed for that.
    debian.shell("systemctl start --no-block iomsite-task@make_cards")
    debian.shell("systemctl stop iomsite-web@a iomsite-web@b 'iomsite-*.timer' 'iomsite-task@*'")
    copy = get("/who-we-are/")
    assert (copy.status, b"This is a copy of" in copy.body) == (200, True), copy
    debian.shell("runuser -u postgres -- dropdb iomsite")
    debian.shell(lines_of("3. Database").replace("runuser -u postgres -- createuser iomsite\n", ""))
    debian.shell("find /var/lib/iomsite/media -mindepth 1 -delete")
    told = debian.shell(f"{MANAGE} restore latest")
    for words in ("Counts and checksums are those of the backup.", "The audit trail is whole."):
        assert words in told, told
    debian.shell("systemctl start iomsite-web@a iomsite-web@b timers.target")
    check_units(debian)
    check_site(debian)


def check_killed(debian: Debian) -> None:
    """Nobody notices, and systemd starts it anew."""
    debian.shell("systemctl kill --signal KILL iomsite-web@a")
    for _each in APPLICATIONS:
        assert get("/news/", cookie="a=1").status == 200
    ask_a = "curl --fail --silent --unix-socket /run/iomsite/a.sock http://localhost/healthz"
    wait_for(lambda: debian.shell(f"{ask_a} || true").strip() == "ok", every=0.5)
    check_units(debian)


def check_reboot(debian: Debian) -> None:
    debian.reboot()
    check_units(debian)
    check_site(debian)


@contextmanager
def part(name: str) -> Iterator[None]:
    begun = time.monotonic()
    try:
        yield
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        raise SystemExit(f"\n{name}: {error}\n\nFailed at: {name}") from error
    sys.stdout.write(f"{name} after {time.monotonic() - begun:.0f} s.\n")
    sys.stdout.flush()


PARTS = {
    "docs/deploy.md is carried out": carry_out,
    "Units are up": check_units,
    "The site answers": check_site,
    "A network is one visitor": check_networks,
    "Units are confined": check_confined,
    "Tasks run": check_tasks,
    "An update drops nothing": check_update,
    "A backup is restored": check_restore,
    "The way back": check_way_back,
    "What is killed comes up": check_killed,
    "So does the machine": check_reboot,
}


def main(folder: str) -> None:
    debian = Debian(Path(folder))
    with part("Furnished"):
        furnish(debian)
    try:
        debian.boot()
    except AssertionError as error:
        # As it came from its makers: that it does not come up is the host's doing.
        sys.stderr.write(f"{error}\nThis machine can boot no other.\n")
        raise SystemExit(CANNOT) from error
    for name, look in PARTS.items():
        with part(name):
            look(debian)


if __name__ == "__main__":
    main(*sys.argv[1:])
