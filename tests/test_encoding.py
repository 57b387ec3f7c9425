"""Bytes to text: what says how a file is encoded, in which order it is believed, and what is told of it."""

from __future__ import annotations

import json
import timeit

import pytest

from feeds.errors import UnreadableError
from feeds.model import Draft
from feeds.readers import read_file
from feeds.readers.encoding import decode, remark_on

QUOTES = "Gubernur berkata, “Kami siap membantu warga.” Ia menambahkan — dengan tegas — bahwa harga beras ‘stabil’."


class TestDeclared:
    """A byte order mark, a declaration, UTF-8: the first that says something and is right."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_unicode_is_told_by_its_first_bytes(self, encoding: str) -> None:
        """UTF-8 with and without a byte order mark, UTF-16 and UTF-32 with one are read without a warning."""
        assert decode("judul “é”\r\nisi\r".encode(encoding)) == ("judul “é”\nisi\n", ())

    @pytest.mark.parametrize(
        ("suffix", "head", "encoding"),
        [
            (".xml", '<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
            (".rss", "<?xml version='1.0' encoding='iso-8859-1'?>", "cp1252"),
            (".html", '<html><head><meta charset="windows-1252">', "cp1252"),
            (".htm", '<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
            (".html", "<meta charset=macintosh>", "mac-roman"),
            (".html", "<meta charset=utf-8>", "utf-8"),
        ],
    )
    def test_what_html_and_xml_declare_is_believed(self, suffix: str, head: str, encoding: str) -> None:
        """Latin-1 means Windows-1252, as in every browser."""
        assert decode((head + QUOTES).encode(encoding), suffix) == (head + QUOTES, ())

    @pytest.mark.parametrize("suffix", [".md", ".txt", ".csv"])
    def test_other_files_declare_nothing(self, suffix: str) -> None:
        """An example of HTML within an article says nothing of the article's file."""
        text = "<meta charset=macintosh>" + QUOTES
        decoded, warnings = decode(text.encode("cp1252"), suffix)
        assert decoded == text
        assert len(warnings) == 1

    def test_a_declaration_that_utf8_contradicts_is_told_of(self) -> None:
        """Bytes that are UTF-8 hardly ever are something else by chance: they are read so."""
        text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>“é”</a>'
        said = "the file says that it is not UTF-8, and is; it was read as UTF-8"
        assert decode(text.encode(), ".xml") == (text, (("encoding", said),))

    @pytest.mark.parametrize("name", ["utf-7", "rot13", "unicode_escape", "utf-16", "idna", "klingon", "-"])
    def test_an_encoding_that_no_newsroom_has_is_not_believed(self, name: str) -> None:
        """Neither one that only Python has, nor one that the declaration itself is not written in."""
        text = f'<?xml version="1.0" encoding="{name}"?><a>+ADw-b“</a>'
        assert decode(text.encode(), ".xml") == (text, ())


class TestGuessed:
    """What is not UTF-8 and does not say what it is."""

    def test_what_is_no_utf8_is_windows_1252_and_said_so(self) -> None:
        """Windows-1252 is read as such, even in one line of a UTF-8 text, with a warning that names the line."""
        decoded, warnings = decode("baik “ya”\n".encode() + "jahat “ya”".encode("cp1252"))
        assert decoded == "baik “ya”\njahat “ya”"
        assert warnings == (("encoding", "the text is not all UTF-8 (line 2); the rest was read as Windows-1252"),)

    def test_a_text_from_an_old_macintosh_is_told_from_windows(self) -> None:
        """By how it would look; the warning names what it was read as."""
        said = "the text is not all UTF-8 (line 1); it was read as Mac Roman"
        assert decode(QUOTES.encode("mac-roman")) == (QUOTES, (("encoding", said),))

    @pytest.mark.parametrize("text", [QUOTES, "José", "35°C", "Persija – Persib 2–1", "Jum’at", "é"])
    def test_windows_is_taken_in_doubt(self, text: str) -> None:
        """A few bytes may look right in both."""
        assert decode(text.encode("cp1252"))[0] == text

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_a_mark_is_told_by_its_zeros(self, encoding: str) -> None:
        """And said so, as it is a guess."""
        said = "the text does not say how it is encoded; it was read as UTF-16"
        assert decode(("judul: Beras\n" + QUOTES).encode(encoding)) == (
            "judul: Beras\n" + QUOTES,
            (("encoding", said),),
        )

    @pytest.mark.parametrize("data", [b"a\0b", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"\xff\xfea", "a\0".encode("utf-16")])
    def test_binary_is_refused(self, data: bytes) -> None:
        """Bytes with NUL, and UTF-16 that is none, are unreadable."""
        with pytest.raises(UnreadableError):
            decode(data)

    def test_encoding_is_said_once_a_file(self) -> None:
        """Only the first article of a file carries the warning about its encoding."""
        found = list(read_file("a.csv", "judul\n“A”\n“B”\n".encode("cp1252")))
        assert [len(item.warnings) for item in found if isinstance(item, Draft)] == [1, 0]


def read_wrongly(text: str, encoding: str = "cp1252") -> str:
    return "".join(text.encode().decode(encoding, "replace").replace("\ufffd", ""))


class TestMojibake:
    """What was decoded wrongly before it came here."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            (read_wrongly("kata “merdeka” itu"), "â€œ"),
            (read_wrongly("Jum’at"), "â€™"),
            (read_wrongly("José"), "Ã©"),
            (read_wrongly("suhu 35°C"), "Â°"),
            (read_wrongly("Rp\xa05.000"), "Â\xa0"),
            (read_wrongly("harga €5"), "â‚¬"),
            (read_wrongly("senyum 😀"), "ðŸ˜€"),
            (read_wrongly("José", "latin-1"), "Ã©"),
            (read_wrongly(read_wrongly("é")), "Ãƒ"),
            ("\xef»¿Judul", "ï»¿"),
        ],
    )
    def test_utf8_that_was_read_as_windows_1252_is_told_of(self, text: str, shown: str) -> None:
        """With how it looks and the line."""
        said = f"“{shown}” in line 2 looks like UTF-8 that was read as Windows-1252"
        assert remark_on([text], f"---\n{text}\n") == (("encoding", said),)

    def test_so_is_utf8_that_was_read_as_mac_roman(self) -> None:
        """The other common accident."""
        assert "Mac Roman" in remark_on([read_wrongly("kata “merdeka”", "mac-roman")])[0][1]

    def test_so_is_a_character_that_was_lost(self) -> None:
        """U+FFFD stands where a decoder gave up."""
        said = "“\ufffd” in “kata \ufffdmerdeka” stands for a character that was lost when the text was decoded"
        assert remark_on(["kata \ufffdmerdeka"]) == (("encoding", said),)

    @pytest.mark.parametrize(
        "text",
        [
            "NÃO À GUERRA, disse João",
            "“Ele gritou: MAÇÃ”",
            "ÂNGELA dan Château de Chambord",
            "são, mãe, âmbar, naïve",
            "√2 lebih besar dari 1, √ 9 = 3",
            "‚kutipan‘ cara Jerman",
            "35 °C, ½ liter, © 2024",
        ],
    )
    def test_words_that_have_these_letters_are_left_alone(self, text: str) -> None:
        """Portuguese, French, German and a radical are no accident."""
        assert remark_on([text], text) == ()

    def test_each_article_of_a_file_is_told_of(self) -> None:
        """Its headline too, also where the file only has escapes of the letters; nothing is changed."""
        wrong = read_wrongly("“Merdeka”")
        data = json.dumps([{"judul": wrong, "isi": "a"}, {"judul": "Beras", "isi": "a"}, {"judul": "A", "isi": wrong}])
        found = [item for item in read_file("a.json", data.encode()) if isinstance(item, Draft)]
        assert [len(item.warnings) for item in found] == [1, 0, 1]
        assert found[0].title == wrong

    def test_a_text_without_a_suspicious_character_costs_next_to_nothing(self) -> None:
        """It is looked at for each article."""
        text = "Harga “beras” turun — kata José. " * 150
        assert min(timeit.repeat(lambda: remark_on([text]), number=1000, repeat=5)) < 0.02
