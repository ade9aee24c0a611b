import pytest

from ogpgroup.uploads import names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Acta de la sesión (final).pdf", "Acta de la sesión (final).pdf"),
        ("Plan v1.2.pdf", "Plan v1.2.pdf"),
        ("x.php.pdf", "x-php.pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("/.pdf", "file.pdf"),
        ("....pdf", "file.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("a\u200b\ufeff\u2066b.pdf", "ab.pdf"),
        ("a\ud800b.pdf", "ab.pdf"),
        ("a\0\x1b[31m\r\nb.pdf", "a-31mb.pdf"),
        ("a  \t b .pdf", "a b.pdf"),
        ("An\u0303o.pdf", "Año.pdf"),
        ("a%2e%2e%2fb?c#d.pdf", "a-2e-2e-2fb-c-d.pdf"),
        ("nul.pdf", "file nul.pdf"),
        ("com1.pdf", "file com1.pdf"),
        ("b" * 500 + ".pdf", "b" * 100 + ".pdf"),
        ("😀.pdf", "😀.pdf"),
    ],
)
def test_name_is_cleaned(sent: str, kept: str) -> None:
    assert names.clean(sent, ending="pdf") == kept
    assert names.clean(kept, ending="pdf") == kept


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a.PDF", "pdf"),
        ("a.b.jpg", "jpg"),
        ("a", ""),
        ("a.", ""),
        ("a/b.pdf/c", ""),
        ("a.pdf\0", "pdf"),
        ("gpj\u202e.exe", "exe"),
    ],
)
def test_ending_is_what_one_reads(sent: str, read: str) -> None:
    assert names.ending(sent) == read
