"""Somebody whose browser runs no scripts: reads pages, follows links, and posts forms exactly as they are rendered."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ogpgroup import mail, mailings
from ogpgroup.models import User
from tests import factories


@dataclass
class Form:
    """What a browser would send if somebody pressed the button at once."""

    action: str = ""
    enctype: str = ""
    fields: dict[str, list[Any]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    words: str = ""


class Main(HTMLParser):
    """The main part of a page: its links, and its POST forms with their fields, hidden ones and what is chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.form: Form | None = None
        self.area, self.select, self.in_main, self.in_link = "", "", False, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.in_main = True
        elif tag == "a" and self.in_main:
            self.links.append((has.get("href", ""), ""))
            self.in_link = True
        elif tag == "form" and self.in_main and has.get("method") == "post":
            self.form = Form(has.get("action", ""), has.get("enctype", ""))
            self.forms.append(self.form)
        elif self.form is not None:
            self._field(tag, has)

    def _field(self, tag: str, has: dict[str, str]) -> None:
        assert self.form is not None
        if name := has.get("name"):
            self.form.names.add(name)
        if tag == "textarea":
            self.area = name or ""
            self._add(self.area, "")
        elif tag == "select":
            self.select = name or ""
        elif tag == "option" and self.select:
            if "selected" in has or self.select not in self.form.fields:
                self.form.fields[self.select] = [has.get("value", "")]
        elif tag == "input" and name and has.get("type") != "file":
            chosen = has.get("type") in {"radio", "checkbox"}
            if not chosen or "checked" in has:
                self._add(name, has.get("value", "on" if chosen else ""))

    def _add(self, name: str, value: str) -> None:
        assert self.form is not None
        self.form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            self.form.fields[self.area][-1] += data.removeprefix("\n").removeprefix("\r\n")
        elif self.form is not None:
            self.form.words += data
        if self.in_link:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "main":
            self.in_main = False
        elif tag == "a":
            self.in_link = False
        elif tag in {"textarea", "select"}:
            self.area = self.select = ""


class Reader:
    """CSRF is checked as in production."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
        self.path, self.page = "", ""
        if user is not None:
            self.open("/accounts/login/")
            self.send(login=user.email, password=factories.PASSWORD)

    def open(self, path: str) -> str:
        return self._arrived(self.client.get(urljoin(self.path, path), follow=True))

    def follow(self, words: str) -> str:
        """Open the first link of the main part that says so."""
        return self.open(next(href for href, said in Main(self.page).links if words in said))

    def send(self, **typed: str | list[str] | SimpleUploadedFile) -> str:
        """Fill in the form that has these fields, and press its button."""
        return self._post(next(form for form in Main(self.page).forms if set(typed) <= form.names), typed)

    def press(self, words: str) -> str:
        """Press the button of the first form that says so, and leave its fields as they are."""
        return self._post(next(form for form in Main(self.page).forms if words in form.words), {})

    def _post(self, form: Form, typed: dict[str, Any]) -> str:
        if any(isinstance(value, SimpleUploadedFile) for value in typed.values()):
            assert form.enctype == "multipart/form-data"
        data = form.fields | {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        return self._arrived(self.client.post(urljoin(self.path, form.action), data, follow=True))

    def _arrived(self, response: Any) -> str:
        assert response.status_code == 200
        query = response.request["QUERY_STRING"]
        self.path = response.request["PATH_INFO"] + (f"?{query}" if query else "")
        self.page = response.content.decode()
        assert 'aria-invalid="true"' not in self.page
        return self.page


def deliver() -> None:
    mailings.plan()
    mail.deliver(kinds=mailings.KINDS)
