"""What is built is what lies in the rooms; the layers hold; `--help` imports next to nothing."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "catalog", "connectors", "engines", "exporters", "ledger", "matching", "planning", "purgers",
    "reports", "scanners", "service",
)  # fmt: skip
HEAVY = (
    "spacy", "presidio_analyzer", "pyarrow", "duckdb", "great_expectations", "pyspark", "sqlalchemy",
    "pandas", "jinja2", "rich",
)  # fmt: skip


def tracked() -> set[str]:
    """The files of the rooms and of the package's root, as they are named once installed."""
    rooms = {
        f"vestige/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    own = {f"vestige/{path.name}" for path in (ROOT / "src" / "vestige").iterdir() if path.is_file()}
    return rooms | own


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


def test_the_wheel_holds_the_rooms_and_nothing_else(built):
    names = {name for name in zipfile.ZipFile(built[1]).namelist() if ".dist-info/" not in name}
    assert names == tracked()
    assert {name.partition("/")[0] for name in names} == {"vestige"}


def test_the_sdist_holds_no_link_and_no_test(built):
    with tarfile.open(built[0]) as archive:
        members = archive.getmembers()
    assert not [member.name for member in members if member.issym() or member.islnk()]
    assert not [member.name for member in members if "/tests/" in member.name or "/bench/" in member.name]


def test_every_room_is_linked_into_the_package():
    links = {path.name: path.resolve() for path in (ROOT / "src" / "vestige").iterdir() if path.is_symlink()}
    assert links == {room: ROOT / room for room in ROOMS}


def test_the_layers_hold():
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize(
    "arguments", [["--help"], ["scan", "--help"], ["plan", "purge", "--help"], ["--version"]]
)
def test_help_imports_nothing_heavy(arguments):
    script = (
        "import sys; from vestige.service.cli import run; code = run(sys.argv[1:]);"
        f" heavy = sorted(set({HEAVY!r}) & set(sys.modules));"
        " sys.exit(f'imported: {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lock_names_no_host():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock
