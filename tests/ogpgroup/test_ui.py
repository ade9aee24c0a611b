"""What the small tags and the form renderer draw."""

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory

from ogpgroup.templatetags.ui import device


class SessionForm(forms.Form):
    title = forms.CharField(label="Title", help_text="Say the news.")
    held_on = forms.DateField(label="Day", required=False, initial="2026-12-03")
    mode = forms.ChoiceField(label="Mode", widget=forms.RadioSelect, choices=[("r", "Remote"), ("p", "In person")])


def test_a_field_with_help_and_error_points_at_both() -> None:
    html = str(SessionForm({"mode": "r"}))

    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="field-help" id="id_title_helptext">Say the news.</div>' in html
    assert '<div class="field-error" id="id_title_error">' in html


def test_the_summary_leads_to_each_wrong_field_and_to_the_first_of_a_group() -> None:
    html = str(SessionForm({}))

    assert 'href="#id_title"' in html
    assert 'href="#id_mode_0"' in html
    assert 'id="id_mode_0"' in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in str(SessionForm())


def test_dates_use_the_pickers_of_the_browser_in_iso_form() -> None:
    html = str(SessionForm({"held_on": "2026-12-03", "title": "x", "mode": "r"})["held_on"].as_field_group())

    assert 'type="date"' in html
    assert 'value="2026-12-03"' in html


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36", "Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "iPhone"),
    ],
)
def test_a_browser_is_named_in_words(user_agent: str, words: str) -> None:
    assert words in device(user_agent)
    assert "Mozilla" not in device(user_agent)


def test_the_navigation_marks_the_page_and_its_part_of_the_site() -> None:
    template = Template(
        '{% load ui %}{% nav_link "account_login" "Sign in" %}{% nav_link "mfa_index" "Steps" "/accounts/login/" %}'
    )

    html = template.render(Context({"request": RequestFactory().get("/accounts/login/")}))

    assert '<a href="/accounts/login/" aria-current="page">Sign in</a>' in html
    assert '<a href="/accounts/2fa/" aria-current="true">Steps</a>' in html


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_without_a_request_still_render(name: str) -> None:
    assert "<h1>" in get_template(name).render()
