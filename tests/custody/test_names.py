"""Names: what a list may carry, what is shown, and what some system would take for the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import names
from linksync.errors import FormatError

PATHS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(alphabet="\\x0a9f\u202e\u00e9 /", max_size=20).map(str.encode),
)


@given(PATHS)
def test_an_escaped_path_gives_its_bytes_back(path: bytes) -> None:
    assert names.unescape(names.escape(path)) == path


@given(st.text(max_size=40))
def test_a_text_is_unescaped_only_where_escaping_gives_it_again(shown: str) -> None:
    try:
        path = names.unescape(shown)
    except FormatError:
        return
    assert names.escape(path) == shown


@given(PATHS)
def test_nothing_that_is_shown_breaks_a_line_or_turns_the_writing(path: bytes) -> None:
    shown = names.escape(path)
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@pytest.mark.parametrize("shown", ["\\", "\\x", "\\x4", "\\x41", "\\xZZ", "a\nb", "\\xC3", "\ud800", "\\x0A"])
def test_a_text_that_escape_never_writes_is_refused(shown: str) -> None:
    with pytest.raises(FormatError):
        names.unescape(shown)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        (b"", "path-length"),
        (b"a" * 1025, "path-length"),
        (b"data/a\0b", "path-line-break"),
        (b"data/a\nb", "path-line-break"),
        (b"data/a\rb", "path-line-break"),
        (b"/data/a", "path-absolute"),
        (b"//", "path-absolute"),
        (b"..", "path-dotdot"),
        (b"data/../../etc/passwd", "path-dotdot"),
        (b"data//a", "path-empty-part"),
        (b"data/./a", "path-empty-part"),
        (b"data/", "path-empty-part"),
        (b"linksync", "path-reserved"),
        (b"linksync/handoffs/000001-x/seal.sha256", "path-reserved"),
        (b"LinkSync/relay", "path-reserved"),
        ("lin\u212async/relay/0001/relay.yaml".encode(), "path-reserved"),
        ("link\u017fync/relay".encode(), "path-reserved"),
        (b"Manifest-SHA256.txt", "path-reserved"),
        (b"START-HIER.html", "path-reserved"),
        ("\u017ftart-hier.txt".encode(), "path-reserved"),
    ],
)
def test_a_path_that_no_list_of_peoples_files_may_name_is_refused(path: bytes, slug: str) -> None:
    with pytest.raises(FormatError) as caught:
        names.require_person_path(path)
    assert caught.value.slug == slug


@pytest.mark.parametrize(
    "path",
    [
        b"data/a",
        b"data/" + b"a" * 1019,
        b"data/..a/...",
        b"a\\b",
        b"data/linksync/relay",
        b"data/manifest-sha256.txt",
        b"linksync.txt",
        b"x/start-hier.txt",
        b"\xff\xfe",
        "data/een é/\u202e.pdf".encode(),
        b"fetch.txt",
    ],
)
def test_every_other_name_is_kept_as_people_gave_it(path: bytes) -> None:
    names.require_person_path(path)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        (b"data/a.txt", None),
        (b"data/\xff", "bag-not-utf8"),
        (b"data/50%0aX", "bag-percent"),
        (b"data/50%0D", "bag-percent"),
        (b"data/50%25", None),
        ("data/a\u2028b".encode(), "bag-line-break"),
        (b"data/a\x0bb", "bag-line-break"),
        (b"data/a ", "bag-space-at-end"),
        ("data/a\u3000".encode(), "bag-space-at-end"),
        (b"fetch.txt", "bag-own-name"),
        (b"tagmanifest-md5.txt", "bag-own-name"),
        (b"Manifest-SHA512.TXT", "bag-own-name"),
        (b"x/fetch.txt", None),
        (b"manifest.txt", None),
    ],
)
def test_a_path_that_bagit_stumbles_over_is_told(path: bytes, slug: str | None) -> None:
    assert names.bag_exception(path) == slug


@pytest.mark.parametrize("name", [b".Trash-mijn", b"found.objects", b".Trash", b"Trashes", b".fseventsd2"])
def test_a_folder_of_people_is_not_taken_for_one_of_a_system(name: bytes) -> None:
    assert not names.is_system(name)


@pytest.mark.parametrize(
    "name",
    [
        b"$RECYCLE.BIN",
        b".Trash-1000",
        b".Trashes",
        b".fseventsd",
        b".Spotlight-V100",
        b"FOUND.000",
        b"Lost+Found",
    ],
)
def test_folders_of_operating_systems_are_known_in_any_case(name: bytes) -> None:
    assert names.is_system(name)
    assert names.is_system(name.swapcase())
    assert not names.is_system(b"x" + name)


def test_twins_are_equal_whatever_case_and_spelling() -> None:
    nfc, nfd = "data/Één.pdf".encode(), unicodedata.normalize("NFD", "data/één.PDF").encode()
    assert names.twin_key(nfc) == names.twin_key(nfd)
    assert names.twin_key(b"A\xff") == names.twin_key(b"a\xff")
    assert names.twin_key(b"data/a") != names.twin_key(b"data/b")
    assert names.spelling_key(nfc) != names.spelling_key(nfd)
    assert names.spelling_key("é".encode()) == names.spelling_key("e\u0301".encode())


@pytest.mark.parametrize("text", ["a", "gemeente-assen", "a-2", "0", "z" * 64])
def test_ids_are_lower_case_words_with_hyphens(text: str) -> None:
    assert names.is_id(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "A", "é", "a b", "a\n", "z" * 65, "a/b", ".."])
def test_anything_else_is_no_id(text: str) -> None:
    assert not names.is_id(text)


def test_hexadecimal_is_lower_case_and_of_one_length() -> None:
    assert names.is_hex("0af", 3)
    assert not any(names.is_hex(text, 3) for text in ("0AF", "0a", "0aff", "0ag", "٣٣٣"))
