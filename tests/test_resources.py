"""The one loader of resources: exact bytes, and no way out of the package."""

import json
import tomllib
from pathlib import Path

import pytest

import resources

ROOT = Path(__file__).parents[1]
TEMPLATE = "templates/vendor-role.yaml"


def test_bytes_are_exact_because_a_template_is_pinned_by_its_hash() -> None:
    on_disk = (ROOT / "resources" / TEMPLATE).read_bytes()

    assert resources.read_bytes(TEMPLATE) == on_disk
    assert resources.read_text(TEMPLATE).encode("utf-8") == on_disk


def test_every_json_resource_is_json() -> None:
    paths = [path.relative_to(ROOT / "resources").as_posix() for path in (ROOT / "resources").rglob("*.json")]

    assert paths
    for path in paths:
        assert resources.read_json(path) == json.loads((ROOT / "resources" / path).read_text("utf-8"))


@pytest.mark.parametrize("path", ["", "../pyproject.toml", "templates/../../LICENSE", "/etc/hostname", "a\\..\\b"])
def test_a_path_that_leaves_the_package_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside resources"):
        resources.read_bytes(path)


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.json"):
        resources.read_json("absent.json")


def test_the_wheel_takes_the_resources_along() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert "resources" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
