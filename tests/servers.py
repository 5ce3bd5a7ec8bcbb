"""Real servers for the tests: own folder, own free port, loopback only, unprivileged, stopped at the end.

The kernel stops a server too when the test process dies (``setpriv --pdeathsig``), so that a killed run
leaves nothing behind. What is missing is had by ``tests/install_servers.sh``.
"""

from __future__ import annotations

import base64
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

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
    for folder in (*newest, cache() / "bin"):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise MissingServer(name)
    return Path(found)


def cache() -> Path:
    """Where install_servers.sh puts what no package of Debian's has."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "vestige-test-servers"


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged(user: str, stop: signal.Signals = signal.SIGINT) -> list[str]:
    """What to put before a command so that it does not run as root and dies (of ``stop``) with us."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if os.geteuid() == 0:
            raise MissingServer("setpriv")
        return []
    dying = [setpriv, f"--pdeathsig={stop.name.removeprefix('SIG')}"]
    if os.geteuid() != 0:
        return [*dying, "--"]
    account = pwd.getpwnam(user)
    return [*dying, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]


@contextmanager
def own_folder(user: str) -> Iterator[Path]:
    """A temporary folder that the unprivileged user owns."""
    folder = Path(tempfile.mkdtemp(prefix="vestige-test-"))
    try:
        _give(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give(folder: Path, user: str) -> None:
    """The folder, with all that is in it, becomes the user's, if it is ours to give."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    seconds: float = START_SECONDS,
    stop: signal.Signals = signal.SIGINT,
) -> Iterator[None]:
    """Run a server until the block ends. RuntimeError with the end of its log if it does not come up.

    ``stop``: the signal of an orderly shutdown (of PostgreSQL, a fast one).
    """
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        ) as server,
    ):
        try:
            _await(server, log, ready, seconds)
            yield
        finally:
            _stop(server, stop)


def _await(server: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.03)


def _stop(server: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    server.send_signal(stop)
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
def mariadb() -> Iterator[str]:
    """A MariaDB server with a binary log; yields its URL (user ``root``, without a password), no database."""
    server, install = program("mariadbd"), program("mariadb-install-db")
    before = unprivileged("mysql", signal.SIGTERM)
    with own_folder("mysql") as folder:
        port = free_port()
        data = ["--no-defaults", f"--datadir={folder / 'data'}"]
        made = [*data, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run([*before, str(install), *made], check=True, capture_output=True)
        settings = {
            "bind-address": "127.0.0.1",
            "port": port,
            "socket": folder / "socket",
            "log-bin": "binlog",
            "innodb-flush-method": "nosync",
            "innodb-buffer-pool-size": "64M",
        }
        flags = [*data, "--skip-name-resolve", *(f"--{name}={value}" for name, value in settings.items())]

        def ready() -> bool:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                    return bool(probe.recv(64))
            except OSError:
                return False

        command = [*before, str(server), *flags]
        with running(command, folder / "log", ready, stop=signal.SIGTERM):
            yield f"mariadb://root@127.0.0.1:{port}/"


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


ELASTIC_USER, ELASTIC_PASSWORD = "vestige", "a secret of the tests"
_ELASTIC_HASH = "$2a$04$abcdefghijklmnopqrstuuNpvKgAHWcZ5/DzrTG3xyr61jp6DBb4O"
_ELASTIC_JDK = 21


def _jdk(least: int) -> Path:
    """A whole JDK: a runtime alone cannot be attached to, which Elasticsearch does with itself."""
    homes = [os.environ.get("JAVA_HOME", "/nonexistent"), *Path("/usr/lib/jvm").glob("*")]
    for home in map(Path, homes):
        if (home / "lib" / "libattach.so").exists() and (home / "release").exists():
            version = re.search(r'^JAVA_VERSION="(\d+)', (home / "release").read_text(), re.MULTILINE)
            if version and int(version[1]) >= least:
                return home
    raise MissingServer(f"a JDK of {least} or newer")


class Elastic(NamedTuple):
    """A node: where it is, its URL as a store, and the folder of its data."""

    node: str
    url: str
    data: Path


@contextmanager
def elasticsearch() -> Iterator[Elastic]:
    """An Elasticsearch node with the user :data:`ELASTIC_USER`, who may do everything."""
    jdk, installed = _jdk(_ELASTIC_JDK), cache() / "elasticsearch-9.4.3"
    if not installed.exists():
        raise MissingServer("Elasticsearch")
    with own_folder("nobody") as folder:
        shutil.copytree(installed, folder / "home")  # the cache of a root user is not readable for others
        port = free_port()
        settings = {
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": port,
            "transport.port": free_port(),
            "path.data": folder / "data",
            "path.logs": folder / "logs",
            "path.repo": folder / "snapshots",
            "action.destructive_requires_name": "false",
            "xpack.security.enabled": "true",
            "xpack.security.autoconfiguration.enabled": "false",
            "xpack.license.self_generated.type": "trial",  # roles that see some documents only
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        config = folder / "home" / "config"
        (config / "elasticsearch.yml").write_text("".join(f"{k}: {v}\n" for k, v in settings.items()))
        (config / "users").write_text(f"{ELASTIC_USER}:{_ELASTIC_HASH}\n")
        (config / "users_roles").write_text(f"superuser:{ELASTIC_USER}\n")
        (folder / "tmp").mkdir()
        _give(folder, "nobody")
        environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "JAVA": str(jdk / "bin" / "java"),
            "ES_JAVA_HOME": str(jdk),
            "ES_HOME": str(folder / "home"),
            "ES_PATH_CONF": str(config),
            "ES_TMPDIR": str(folder / "tmp"),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            "ES_DISTRIBUTION_TYPE": "tar",
            "JAVA_TYPE": "ES_JAVA_HOME",
        }
        jars = folder / "home" / "lib" / "tools" / "server-launcher" / "*"
        launcher = "org.elasticsearch.server.launcher.ServerLauncher"
        java = [environment["JAVA"], "-Xmx64m", "-XX:+UseSerialGC", "-cp", str(jars), launcher]
        node = f"http://127.0.0.1:{port}"

        def ready() -> bool:
            try:
                urllib.request.urlopen(node, timeout=1).close()
            except urllib.error.HTTPError as answer:
                return answer.code == HTTPStatus.UNAUTHORIZED
            except OSError:
                return False
            return False

        command = [*unprivileged("nobody"), "env", "-C", str(folder / "home"), *java]
        with running(command, folder / "log", ready, environment, seconds=180):
            yield Elastic(node, f"elasticsearch://{ELASTIC_USER}@127.0.0.1:{port}", folder / "data")
