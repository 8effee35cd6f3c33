"""Forms: labels, hints and errors are tied to their input; what was typed is kept."""

from html.parser import HTMLParser

from django import forms

from peerhub.ui.views import SampleForm


class Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(form: forms.BaseForm) -> list[tuple[str, dict[str, str | None]]]:
    parser = Inputs()
    parser.feed(str(form))
    return parser.tags


def test_every_input_has_a_label() -> None:
    found = tags(SampleForm())
    labelled = {attributes.get("for") for tag, attributes in found if tag == "label"}
    inputs = {a["id"] for tag, a in found if tag in {"input", "select", "textarea"} and a.get("type") != "hidden"}
    assert inputs <= labelled


def test_an_error_is_tied_to_its_input_and_summed_up_with_a_link() -> None:
    found = tags(SampleForm({"email": "nour", "title": "Un titre"}))
    email = next(a for tag, a in found if tag == "input" and a.get("name") == "email")
    assert (email["aria-invalid"], email["aria-describedby"], email["value"]) == ("true", "id_email_error", "nour")
    assert "id_email_error" in {a.get("id") for _tag, a in found}
    links = [a["href"] for tag, a in found if tag == "a"]
    ids = {a["id"] for _tag, a in found if a.get("id")}
    assert "#id_email" in links
    assert {str(link).removeprefix("#") for link in links} <= ids


def test_a_hint_describes_its_input() -> None:
    found = tags(SampleForm())
    title = next(a for tag, a in found if tag == "input" and a.get("name") == "title")
    assert title["aria-describedby"] == "id_title_helptext"
    assert "id_title_helptext" in {a.get("id") for _tag, a in found}


def test_a_valid_form_has_no_summary() -> None:
    assert "error-summary" not in {tag for tag, _attributes in tags(SampleForm())}


def test_choices_are_a_fieldset_with_a_legend() -> None:
    found = [tag for tag, _attributes in tags(SampleForm())]
    assert found.count("fieldset") == found.count("legend") == 2
