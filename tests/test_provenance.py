"""The digest of a script changes with its code, wherever that lies, and only then."""

import pytest

from scan2map.provenance import _parse, code_digest


@pytest.fixture
def scripts(tmp_path):
    library = tmp_path / "scan2map"
    library.mkdir()
    (library / "__init__.py").write_text("")
    (library / "deep.py").write_text("LIMIT = 1\n")
    (library / "near.py").write_text("from scan2map.deep import LIMIT\n")
    (library / "other.py").write_text("x = 1\n")
    (tmp_path / "11_do.py").write_text("from scan2map import near\nprint(near)\n")
    return tmp_path


def digest(scripts):
    _parse.cache_clear()
    return code_digest(scripts / "11_do.py")


@pytest.mark.parametrize("file", ["11_do.py", "scan2map/near.py", "scan2map/deep.py"])
def test_changed_code_changes_the_digest(scripts, file):
    before = digest(scripts)
    with open(scripts / file, "a") as code:
        code.write("y = 2\n")
    assert digest(scripts) != before


def test_comments_docstrings_and_unused_modules_do_not(scripts):
    before = digest(scripts)
    (scripts / "scan2map" / "deep.py").write_text('"""Deep."""\n# why\nLIMIT  =  1\n')
    (scripts / "scan2map" / "other.py").write_text("x = 2\n")
    assert digest(scripts) == before


def test_a_new_version_number_does_not(scripts):
    before = digest(scripts)
    (scripts / "scan2map" / "__init__.py").write_text('__version__ = "2.0"\n')
    assert digest(scripts) == before


def test_relative_imports_are_followed(scripts):
    (scripts / "scan2map" / "near.py").write_text("from .deep import LIMIT\n")
    before = digest(scripts)
    (scripts / "scan2map" / "deep.py").write_text("LIMIT = 2\n")
    assert digest(scripts) != before


def test_a_missing_script_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="99_nothing.py does not exist"):
        code_digest(tmp_path / "99_nothing.py")
