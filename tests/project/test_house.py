"""The house keeps its own rules: small rooms, one direction, nothing that leads outside."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.house import PACKAGES, ROOT, relative, tracked

CODE = [path for path in tracked("*.py") if "/migrations/" not in str(path)]


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_room_is_not_crowded(path: Path) -> None:
    """The aim is 250 lines a file and 30 a function; what is over 400 and 50 is several ideas in one room."""
    source = path.read_text(encoding="utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]
    assert (source.count("\n") <= 400, long) == (True, [])


@pytest.mark.parametrize("path", [p for p in CODE if p.relative_to(ROOT).parts[0] in PACKAGES], ids=relative)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [
        f"{function.name}:{node.lineno}"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_packages_import_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports")]
    if not Path(command[0]).exists():
        pytest.skip("import-linter is not installed: make lint runs it")
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_every_floor_has_its_tests() -> None:
    assert [package for package in PACKAGES if not list((ROOT / "tests" / package).glob("test_*.py"))] == []


def test_nothing_leads_to_a_third_party() -> None:
    """Pages load nothing from elsewhere: no absolute address in a `src`, a style sheet or a script."""
    pattern = re.compile(r"""(?:\bsrc=|url\(|@import|<link[^>]*href=)["']?\s*(?:https?:)?//""")
    files = tracked("templates/*", "static/*.css", "static/*.js")
    found = [relative(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)(?:PORT=\d+ )?make ([a-z][a-z-]*)", readme, re.MULTILINE)) | {
        "run",
        "test",
        "lint",
        "test-fast",
    }
    assert [name for name in sorted(named) if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


def test_readme_is_short_and_its_links_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    broken = [
        f"{relative(path)} -> {target}"
        for path in tracked("*.md")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert (readme.count("\n") <= 80, broken) == (True, [])


def test_every_variable_is_in_the_example() -> None:
    settings = (ROOT / "campaign" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"""(?:env\.\w+|required|required_secret)\(\s*"([A-Z_]+)\"""", settings))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert sorted(read - listed) == []


PRODUCTION = {
    "COUNTERSIGN_ENV": "production",
    "SECRET_KEY": "s" * 50,
    "ADDRESS_KEY": "a" * 50,
    "DIGEST_KEY": "d" * 50,
    "LOG_KEY": "l" * 50,
    "SITE_URL": "https://countersign.example",
    "ALLOWED_HOSTS": "countersign.example",
    "DATABASE_URL": "postgresql://countersign@127.0.0.1:1/countersign",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}
    command = [
        sys.executable,
        "-c",
        "import django; import os; os.environ['DJANGO_SETTINGS_MODULE']='campaign.settings'; django.setup()",
    ]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_production_starts_with_all_secrets() -> None:
    assert (start().returncode, start().stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "ADDRESS_KEY", "DIGEST_KEY", "LOG_KEY", "SITE_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"],
)
def test_production_without_a_secret_stops_and_names_it(name: str) -> None:
    result = start(**{name: ""})
    assert (result.returncode != 0, f"{name} is missing" in result.stderr) == (True, True)


@pytest.mark.slow
def test_production_refuses_another_engine() -> None:
    assert "DATABASE_URL must name a PostgreSQL database" in start(DATABASE_URL="sqlite:///x.db").stderr


def test_text_knows_no_model() -> None:
    found = [relative(p) for p in tracked("text/*.py") if re.search(r"django\.db|\.models\b", p.read_text("utf-8"))]
    assert found == []
