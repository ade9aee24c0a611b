"""Minutes as the documents that town halls file: DOCX and PDF, in Spanish, with what stands in the sections alone."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from ogpgroup import pdf
from ogpgroup.dates import spoken_day
from ogpgroup.markdown_parts import Part, Run, parts_of
from workshops import preparation
from workshops.models import Minutes, MinutesSection

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DEEPEST: Final = 3  # levels of lists that Word's own styles know


def facts_of(minutes: Minutes) -> list[tuple[str, str]]:
    """What stands above the sections: which session, when, where, and how far the minutes are."""
    version = minutes.session.current_version
    assert version is not None  # nobody sees minutes of what is not published
    facts = [
        (_("Session"), version.title),
        (_("Date"), str(preparation.when_of(version))),
        (_("Place"), version.place),
        (_("How it was held"), str(version.get_mode_display())),
        (_("Cycle"), version.cycle_name),
        (_("State of the minutes"), _state(minutes)),
    ]
    return [(label, value) for label, value in facts if value]


def _state(minutes: Minutes) -> str:
    if minutes.approved_at is not None:
        day = spoken_day(minutes.approved_at.date(), weekday=False)
        return _("approved on %(day)s") % {"day": day}
    return str(minutes.get_status_display())


def title_of(minutes: Minutes) -> str:
    """“Minuta: Primera sesión de trabajo”."""
    version = minutes.session.current_version
    return _("Minutes: %(session)s") % {"session": version.title if version else minutes.session.title}


# --- PDF --------------------------------------------------------------------------------------------------------------


def as_pdf(minutes: Minutes, sections: Sequence[MinutesSection]) -> bytes:
    """Tagged PDF; kept, so that the same minutes are set once."""
    with override(settings.LANGUAGE_CODE):
        content = {
            "title": title_of(minutes),
            "facts": facts_of(minutes),
            "facts_of": _("About the session"),
            "sections": [{"heading": one.heading, "parts": parts_of(one.text)} for one in sections],
            "source": settings.PUBLIC_URL + minutes.get_absolute_url(),
            "pages": _("Page {n} of {all}"),
        }
    return pdf.compile("minutes.typ", content, language=settings.LANGUAGE_CODE)


# --- DOCX -------------------------------------------------------------------------------------------------------------


def as_docx(minutes: Minutes, sections: Sequence[MinutesSection]) -> bytes:
    """A document of Word with headings to lead by, in Spanish, its facts in a table with headings."""
    with override(settings.LANGUAGE_CODE):
        document = Document()
        _set_up(document, minutes)
        document.add_heading(_clean(title_of(minutes)), level=0)
        _add_facts(document, facts_of(minutes))
        for one in sections:
            document.add_heading(_clean(one.heading), level=1)
            for part in parts_of(one.text):
                _add_part(document, part)
        output = BytesIO()
        document.save(output)
    return output.getvalue()


def _set_up(document: Any, minutes: Minutes) -> None:
    properties = document.core_properties
    properties.title, properties.language = _clean(title_of(minutes)), "es-MX"
    properties.author, properties.comments = settings.GROUP_NAME, ""
    properties.subject = settings.PUBLIC_URL + minutes.get_absolute_url()
    defaults = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(name), "es-MX")
    defaults.append(language)
    document.styles["Normal"].font.size = Pt(11)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21.59), Cm(27.94)  # letter, as Mexico prints


def _add_facts(document: Any, facts: Sequence[tuple[str, str]]) -> None:
    table = document.add_table(rows=1, cols=2)
    table.style = "Light List Accent 1"
    for cell, words in zip(table.rows[0].cells, (_("About the session"), _("On record")), strict=True):
        cell.text = words
    repeated = OxmlElement("w:tblHeader")  # screen readers take the first row for headings, and each page repeats it
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for label, value in facts:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _clean(label), _clean(value)


def _add_part(document: Any, part: Part) -> None:
    kind, level = part["kind"], part["level"]
    if kind == "heading":
        _add_runs(document.add_heading(level=min(level + 1, 6)), part["runs"])
    elif kind == "item":
        number = part["number"]
        deep = min(level, DEEPEST)
        if number is None:
            style = "List Bullet" if deep == 1 else f"List Bullet {deep}"
            _add_runs(document.add_paragraph(style=style), part["runs"])
        else:  # Word would count on from one list to the next, so the number is written out
            style = "List" if deep == 1 else f"List {deep}"
            _add_runs(document.add_paragraph(f"{number}. ", style=style), part["runs"])
    else:
        style = "Quote" if kind == "quote" else "Normal" if level == 0 else "List Continue"
        _add_runs(document.add_paragraph(style=style), part["runs"])


def _add_runs(paragraph: Paragraph, runs: Sequence[Run]) -> None:
    for run in runs:
        if link := run.get("link"):
            _add_link(paragraph, _clean(run["text"]), link)
            continue
        added = paragraph.add_run(_clean(run["text"]))
        added.bold, added.italic = run.get("bold") or None, run.get("italic") or None


def _add_link(paragraph: Paragraph, text: str, address: str) -> None:
    """A link as Word follows it; an address of our own pages becomes whole."""
    if address.startswith("/"):
        address = settings.PUBLIC_URL + address
    identity = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), identity)
    run = paragraph.add_run(text)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _clean(text: str) -> str:
    """Without what XML does not hold; a line break stays one."""
    return "".join(char for char in text if char in "\n\t" or (char >= " " and char not in "\ufffe\uffff"))
