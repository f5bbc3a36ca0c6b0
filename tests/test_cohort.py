"""A cohort table is read as written, or refused with a sentence per problem."""

import pytest

from scan2map.cohort import phantom_cohort, read_cohort, write_cohort

HEADER = "participant_id session_id group age sex site family exclude".split()
GROUPS = ["control", "patient"]


@pytest.fixture
def table(tmp_path):
    def write(*rows, header=HEADER):
        lines = ["\t".join(row.split(",")) for row in rows]
        path = tmp_path / "cohort.tsv"
        path.write_text("\n".join(["\t".join(header), *lines]) + "\n")
        return path

    return write


def test_prefixes_of_bids_are_taken_off(table):
    (row,) = read_cohort(table("sub-01,ses-1,control,60,F,A,,"), GROUPS, "bids")
    assert (row["participant_id"], row["session_id"]) == ("01", "1")


def test_left_out_sessions_are_kept_with_their_reason(table):
    path = table("01,1,control,60,F,A,,", "02,1,patient,n/a,M,A,,moved too much")
    rows = read_cohort(path, GROUPS, "bids")
    assert [row["exclude"] for row in rows] == ["", "moved too much"]


@pytest.mark.parametrize(
    "row, sentence",
    [
        ("0 1,1,control,60,F,A,,", "participant_id '0 1' may consist of letters"),
        ("01,../x,control,60,F,A,,", "session_id '../x' may consist of letters"),
        ("01,1,other,60,F,A,,", "group 'other' is unknown"),
        ("01,1,control,,F,A,,", "'age' is missing"),
        ("01,1,control,old,F,A,,", "age 'old' is not a number"),
        ("01,1,control,1960,F,A,,", "age '1960' is more than 120"),
        ("01,1,control,60,F", "needs 8 values"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(table, row, sentence):
    with pytest.raises(ValueError, match="line 2.*" + sentence.replace(".", r"\.")):
        read_cohort(table(row), GROUPS, "bids")


def test_all_problems_are_told_at_once(table):
    with pytest.raises(ValueError) as told:
        read_cohort(table("01,1,x,60,F,A,,", "02,1,y,60,F,A,,"), GROUPS, "bids")
    assert len(str(told.value).splitlines()) == 2


def test_a_session_that_appears_twice_is_refused(table):
    path = table("01,1,control,60,F,A,,", "01,1,control,61,F,A,,")
    with pytest.raises(ValueError, match="lines 2 and 3.*appears twice"):
        read_cohort(path, GROUPS, "bids")


def test_a_participant_in_two_groups_is_refused(table):
    path = table("01,1,control,60,F,A,,", "01,2,patient,61,F,A,,")
    with pytest.raises(ValueError, match="has group 'control' and 'patient'"):
        read_cohort(path, GROUPS, "bids")


def test_a_dicom_path_that_is_not_there_is_refused(table, tmp_path):
    path = table("01,1,control,60,F,A,,,scans/01", header=[*HEADER, "dicom"])
    with pytest.raises(ValueError, match="'scans/01' does not exist"):
        read_cohort(path, GROUPS, "dicom")
    (tmp_path / "scans" / "01").mkdir(parents=True)
    (row,) = read_cohort(path, GROUPS, "dicom")
    assert row["dicom"] == str(tmp_path / "scans" / "01")


def test_a_column_that_statistics_need_must_be_there(table):
    with pytest.raises(ValueError, match="has no column education"):
        read_cohort(table("01,1,control,60,F,A,,"), GROUPS, "bids", {"education": ""})


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"none\.tsv is no file"):
        read_cohort(tmp_path / "none.tsv", GROUPS, "bids")


def test_a_larger_phantom_keeps_the_participants_it_had():
    small = phantom_cohort({"control": 2, "patient": 2}, seed=1)
    large = phantom_cohort({"control": 3, "patient": 2}, seed=1)
    assert all(row in large for row in small)


def test_a_written_table_does_not_say_where_dicom_lies(tmp_path):
    rows = phantom_cohort({"control": 1, "patient": 1}, seed=1)
    write_cohort([row | {"dicom": "/secret"} for row in rows], tmp_path / "c.tsv")
    text = (tmp_path / "c.tsv").read_text()
    assert "secret" not in text and "dicom" not in text
    assert len(read_cohort(tmp_path / "c.tsv", GROUPS, "bids")) == 2


def test_lines_are_counted_as_an_editor_counts_them(table):
    path = table("01,1,control,60,F,A,,", "", "02,1,control,old,F,A,,")
    with pytest.raises(ValueError, match="line 4: age 'old'"):
        read_cohort(path, GROUPS, "bids")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"participant_id,age\n", "separated by ','; save the table with tabs"),
        ("participant_id\nJosé\n".encode("latin-1"), "not UTF-8 .byte 0xe9"),
        ("\t".join([*HEADER, "age"]).encode(), "has the column age more than once"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path, content, complaint):
    path = tmp_path / "cohort.tsv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=complaint):
        read_cohort(path, GROUPS, "bids")


def test_a_cohort_that_is_not_named_is_asked_for():
    with pytest.raises(ValueError, match="'cohort' is not set"):
        read_cohort("", GROUPS, "bids")


@pytest.mark.parametrize(
    "name", ["Exclude", "excluded", "Family", "onset_sides", "AGE"]
)
def test_a_column_that_looks_like_one_with_a_meaning_is_refused(table, name):
    path = table("01,1,control,60,F,A,,,x", header=[*HEADER, name])
    with pytest.raises(ValueError, match=f"column '{name}', which looks like"):
        read_cohort(path, GROUPS, "bids")


def test_blanks_around_a_columns_name_do_not_count(table):
    path = table("01,1,control,60,F,A,,moved", header=[*HEADER[:-1], " exclude "])
    assert read_cohort(path, GROUPS, "bids")[0]["exclude"] == "moved"


def test_an_unclosed_quotation_mark_swallows_no_rows(table):
    rows = ['01,1,control,60,F,A,,,"1.5T', '02,1,patient,61,F,A,,,"7 T"']
    read = read_cohort(table(*rows, header=[*HEADER, "note"]), GROUPS, "bids")
    assert [row["note"] for row in read] == ['"1.5T', "7 T"]


def test_participants_that_differ_only_in_case_are_refused(table):
    path = table("P1,1,control,60,F,A,,", "p1,2,control,61,F,A,,")
    with pytest.raises(ValueError, match="'P1' and 'p1' differ only in case"):
        read_cohort(path, GROUPS, "bids")


@pytest.mark.parametrize("again", ["scan", "./other/../scan"])
def test_one_scan_cannot_be_two_sessions(table, tmp_path, again):
    (tmp_path / "scan").mkdir()
    rows = ["P1,1,control,60,F,A,,,scan", f"P2,1,patient,61,F,A,,,{again}"]
    path = table(*rows, header=[*HEADER, "dicom"])
    with pytest.raises(ValueError, match="lines 2 and 3: both have the DICOM path"):
        read_cohort(path, GROUPS, "dicom")


@pytest.mark.parametrize("word", ["0", "no", "N", "false"])
def test_a_no_in_the_column_exclude_leaves_nobody_out(table, word):
    (row,) = read_cohort(table(f"01,1,control,60,F,A,,{word}"), GROUPS, "bids")
    assert row["exclude"] == ""


def test_the_order_of_rows_changes_nothing(table):
    rows = [f"{name},1,control,60,F,A,," for name in ("02", "10", "01")]
    one, other = (
        read_cohort(table(*some), GROUPS, "bids") for some in (rows, rows[::-1])
    )
    assert one == other and [row["participant_id"] for row in one] == ["01", "02", "10"]


def test_dicom_in_the_working_directory_is_named_from_there(
    table, tmp_path, monkeypatch
):
    (tmp_path / "scans" / "01").mkdir(parents=True)
    path = table("01,1,control,60,F,A,,,scans/01", header=[*HEADER, "dicom"])
    monkeypatch.chdir(tmp_path)
    (row,) = read_cohort(path, GROUPS, "dicom")
    assert row["dicom"] == "scans/01"


def test_a_scan_that_counts_twice_is_found_behind_a_link(table, tmp_path):
    (tmp_path / "scan").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "scan")
    rows = ["01,1,control,60,F,A,,,scan", "02,1,control,60,F,A,,,link"]
    path = table(*rows, header=[*HEADER, "dicom"])
    with pytest.raises(ValueError, match="the same scan would count for two sessions"):
        read_cohort(path, GROUPS, "dicom")
