"""What the house rules say and no tool checks."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template

from tests.access.door import walk

OURS: Final = ("ogpgroup", "cities", "actionplans", "workshops", "feedback")
TEMPLATES: Final = Path(settings.BASE_DIR) / "templates"
NAMES: Final = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
MAILS: Final = [
    name
    for name in NAMES
    if re.search(r"/emails?/[^_]", name)  # allauth's folder is `email`
]
ACTIONS: Final = sorted(
    path
    for app in OURS
    for pattern in ("actions.py", "actions/*.py")
    for path in (Path(settings.BASE_DIR) / app).glob(pattern)
)

PUBLIC: Final = {
    # pages
    "home",
    "privacy",
    "file",
    "cities:index",
    "cities:detail",
    "cities:organization_index",
    "cities:organization_detail",
    "cities:cycle_index",
    "cities:cycle_detail",
    "actionplans:index",
    "actionplans:detail",
    "actionplans:commitment",
    "actionplans:deliverable",
    "feedback:rounds",
    "feedback:round",
    "workshops:schedule",
    "workshops:schedule_ics",
    "workshops:releases",
    "workshops:release_detail",
    "workshops:release_schedule",
    "workshops:releases_atom",
    "own_calendar",
    "workshops:session_detail",
    "workshops:session_ics",
    "workshops:table",
    "workshops:agenda",
    "workshops:agenda_pdf",
    "workshops:agreements",
    "workshops:agreements_sheet",
    "workshops:agreement_detail",
    "workshops:memoria",
    "workshops:memoria_pdf",
    "workshops:photo_ask",
    "workshops:photos",
    "workshops:minutes",
    "workshops:minutes_docx",
    "workshops:minutes_pdf",
    "workshops:short_check_in",
    "workshops:check_in",
    "workshops:took_part_file",
    "workshops:join_link",
    "workshops:wall",
    "workshops:wall_now",
    "workshops:vote",
    "workshops:vote_who",
    "workshops:diagnosis",
    "workshops:diagnosis_version",
    "workshops:notes_sheet",
    "workshops:themes_sheet",
    "workshops:votes_sheet",
    "feedback:ledger",
    "feedback:note",
    # machines
    "healthz",
    "readyz",
    "service_worker",
    "offline",
    # readers
    "set_language",
    "set_zone",
    "unsubscribe",
    "workshops:answer_link",
    # before sign-in
    "account_invitation",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate",
}


def test_public_addresses_are_those_said_here() -> None:
    public = {name for name, pattern in walk() if not getattr(pattern.callback, "login_required", True)}

    assert public == PUBLIC


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name: str) -> None:
    assert get_template(name)


def test_mails_are_found() -> None:
    assert len(MAILS) > 20


@pytest.mark.parametrize("name", MAILS)
def test_mail_has_its_three_parts(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    parts = re.findall(r"{% partialdef (\w+)", source)

    assert sorted(set(parts)) == ["html", "subject", "text"]


@pytest.mark.parametrize("name", MAILS)
def test_subject_of_mail_is_one_line(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    subject = re.search(r"{% partialdef subject %}(.*?){% endpartialdef", source, re.S)

    assert subject
    assert "\n" not in subject[1].strip()


@pytest.mark.parametrize("part", ["empty", "notice"])
def test_box_is_given_all_that_it_says(part: str) -> None:
    """A page may hold a title or a link of another box under the name that this one reads."""
    include = re.compile(rf'{{% include "components/{part}.html"([^%]*)%}}')
    found = {name: include.findall((TEMPLATES / name).read_text(encoding="utf-8")) for name in NAMES}

    assert any(found.values())
    assert {name for name, given in found.items() if not all(one.endswith(" only ") for one in given)} == set()


@pytest.mark.parametrize("model", [m for app in OURS for m in apps.get_app_config(app).get_models()], ids=str)
def test_model_says_what_it_is(model: type) -> None:
    if model.__name__.endswith("Event"):
        pytest.skip("made by pghistory")
    written = model.__doc__ or ""

    assert written
    assert not written.startswith(f"{model.__name__}(")  # Django's own, when there is none


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_action_says_what_it_guarantees(path: Path) -> None:
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]

    silent = [one.name for one in functions if not one.name.startswith("_") and not ast.get_docstring(one)]

    assert silent == []


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_booleans_of_actions_are_named(path: Path) -> None:
    functions = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    ]

    positional = [
        f"{function.name}({argument.arg})"
        for function in functions
        for argument in (*function.args.posonlyargs, *function.args.args)
        if argument.annotation and ast.unparse(argument.annotation) == "bool"
    ]

    assert positional == []


# --- Spanish ----------------------------------------------------------------------------------------------------------


def test_spanish_quotes_are_spanish() -> None:
    catalogue = Path(settings.BASE_DIR) / "locale" / "es_MX" / "LC_MESSAGES" / "django.po"
    entries = catalogue.read_text().split("\n\n")

    spanish = [entry.partition("\nmsgstr")[2] for entry in entries]

    assert [text for text in spanish if re.search("[“”]", text)] == []
