"""The composer: its tools, and what its script is told."""

from peerhub.ui.components.entry import composer_tools
from tests.ui.test_components import parsed, render


def test_the_tools_are_named_and_wait_for_their_script() -> None:
    tools = parsed(composer_tools()).tags
    assert tools[0] == (
        "div",
        {"class": "composer__tools", "role": "toolbar", "aria-label": "Mise en forme", "hidden": None},
    )
    buttons = [attributes for tag, attributes in tools if tag == "button"]
    assert [button["data-act"] for button in buttons] == [
        *("bold", "italic", "list", "olist", "quote", "link", "emoji", "mention", "attach"),
        *("title", "subtitle", "table", "code", "undo", "redo", "plain"),
    ]
    assert [button["data-act"] for button in buttons if button["type"] != "button" or not button["title"]] == []
    assert [button["data-act"] for button in buttons if "hidden" in button] == ["attach"]


def test_a_composer_knows_where_its_editor_is_and_who_may_be_named() -> None:
    tag, attributes = parsed(
        render("{% composer draft='topic-1' mentions='/noms/' %}<form></form>{% endcomposer %}")
    ).tags[0]
    assert tag == "post-composer"
    assert attributes["data-draft"] == "topic-1"
    assert attributes["data-mentions"] == "/noms/"
    assert attributes["data-editor"] == "/static/ui/editor.js"
    assert attributes["data-editor-style"] == "/static/ui/editor.css"


def test_tools_stand_where_the_form_wants_them() -> None:
    html = render("{% composer draft='x' tools=False %}<form><p>avant</p>{% composer_tools %}</form>{% endcomposer %}")
    assert html.index("avant") < html.index("composer__tools")
    assert html.count("composer__tools") == 1
