"""Real servers for the tests: own folder, own free port, loopback only, unprivileged, stopped at the end.

The kernel stops a server too when the test process dies (``setpriv --pdeathsig``), so that a killed run
leaves nothing behind. What is missing is had by ``tests/install_servers.sh``.
"""

from __future__ import annotations

import base64
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class MissingServer(Exception):
    """A server's program is not on this machine."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed: run tests/install_servers.sh")


def program(name: str) -> Path:
    """Where a server's program is: Debian's folders of PostgreSQL (newest first), what install_servers.sh
    built, then PATH."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(folders, key=lambda path: float(path.parent.name), reverse=True)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (*newest, caches / "vestige-test-servers" / "bin"):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise MissingServer(name)
    return Path(found)


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged(user: str) -> list[str]:
    """What to put before a command so that it does not run as root and dies with us."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if os.geteuid() == 0:
            raise MissingServer("setpriv")
        return []
    dying = [setpriv, "--pdeathsig=INT"]
    if os.geteuid() != 0:
        return [*dying, "--"]
    account = pwd.getpwnam(user)
    return [*dying, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]


@contextmanager
def own_folder(user: str) -> Iterator[Path]:
    """A temporary folder that the unprivileged user owns."""
    folder = Path(tempfile.mkdtemp(prefix="vestige-test-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[str], log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends. RuntimeError with the end of its log if it does not come up."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        ) as server,
    ):
        try:
            _await(server, log, ready)
            yield
        finally:
            _stop(server)


def _await(server: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.03)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # PostgreSQL: fast shutdown; Redis: orderly shutdown
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server; yields the URL of its maintenance database (user ``vestige``, a superuser)."""
    postgres, initdb, isready = program("postgres"), program("initdb"), program("pg_isready")
    before = unprivileged("postgres")
    with own_folder("postgres") as folder:
        options = ["-U", "vestige", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [*before, str(initdb), "-D", str(folder / "data"), *options], check=True, capture_output=True
        )
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "shared_buffers": "32MB",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        probe = [str(isready), "-q", "-h", "127.0.0.1", "-p", str(port)]

        def ready() -> bool:
            return subprocess.run(probe, check=False).returncode == 0

        with running([*before, str(postgres), "-D", str(folder / "data"), *flags], folder / "log", ready):
            yield f"postgresql://vestige@127.0.0.1:{port}/postgres"


@contextmanager
def redis(*flags: str) -> Iterator[str]:
    """A Redis server without persistence unless ``flags`` say so; yields the URL of its database 0."""
    server = program("redis-server")
    user = "nobody"
    with own_folder(user) as folder:
        port = free_port()
        settings = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]

        def ready() -> bool:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                    probe.sendall(b"PING\r\n")
                    # Any answer but "loading" will do: with a password it is NOAUTH.
                    return probe.recv(64).startswith((b"+PONG", b"-NOAUTH"))
            except OSError:
                return False

        with running([*unprivileged(user), str(server), *settings, *flags], folder / "log", ready):
            yield f"redis://127.0.0.1:{port}/0"


S3_USER, S3_SECRET = "vestige", "a secret of the tests"


@contextmanager
def minio() -> Iterator[str]:
    """A MinIO server with :data:`S3_USER` as its root; yields its endpoint. Keys for SSE-S3 are static."""
    server = program("minio")
    with own_folder("nobody") as folder:
        port = free_port()
        own = folder / "minio"
        shutil.copy(server, own)  # the cache of a root user is not readable for others
        own.chmod(0o755)
        environment = {
            "HOME": str(folder),
            "PATH": os.defpath,
            "MINIO_ROOT_USER": S3_USER,
            "MINIO_ROOT_PASSWORD": S3_SECRET,
            "MINIO_KMS_SECRET_KEY": "tests:" + base64.b64encode(bytes(range(32))).decode(),
            "MINIO_BROWSER": "off",
        }
        command = [str(own), "server", "--quiet", "--address", f"127.0.0.1:{port}", str(folder / "data")]
        endpoint = f"http://127.0.0.1:{port}"

        def ready() -> bool:
            try:
                with urllib.request.urlopen(f"{endpoint}/minio/health/ready", timeout=1) as answer:
                    return bool(answer.status == HTTPStatus.OK)
            except OSError:
                return False

        with running([*unprivileged("nobody"), *command], folder / "log", ready, environment):
            yield endpoint
