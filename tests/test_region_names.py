"""The table beside an atlas is read, or refused with what it should be."""

import pytest

from scan2map.region_names import read_names


def test_regions_have_the_names_of_the_table(tmp_path):
    table = tmp_path / "atlas.tsv"
    table.write_text("name\tindex\nleft putamen\t11\nright putamen\t50\n")
    assert read_names(table) == {11: "left putamen", 50: "right putamen"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no column 'index', it is empty: expected are the columns"),
        (b"index\tname\n", "has no line but its head: expected are"),
        (b"label\tname\n1\ta\n", "has no column 'index', its columns are label, name:"),
        (b"index,name\n1,a\n", "has no column 'index', its columns are index,name:"),
        (b"index\tname\n1\t\xe9\n", "is no text in UTF-8"),
    ],
)
def test_a_table_that_is_none_is_told_by_its_file(tmp_path, content, sentence):
    table = tmp_path / "atlas.tsv"
    table.write_bytes(content)
    with pytest.raises(ValueError, match=f"{table} {sentence}"):
        read_names(table)


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        ("x\tb", "has the index 'x': a whole number was expected"),
        ("2", "has no name for the region 2"),
        ("1\tb", "has the index 1, as a line before it"),
    ],
)
def test_a_line_that_names_no_region_is_told(tmp_path, last, sentence):
    table = tmp_path / "atlas.tsv"
    table.write_text(f"index\tname\n1\ta\n{last}\n")
    with pytest.raises(
        ValueError, match=f"line 3 of the atlas's table {table} {sentence}"
    ):
        read_names(table)
