"""Where topics and posts stand on the web."""

POSTS_PER_PAGE = 20


def page_of_number(number: int) -> int:
    """The page (from 1) that holds a post: pages are ranges of numbers, so a permalink never moves."""
    return (number - 1) // POSTS_PER_PAGE + 1


def topic_url(pk: int, slug: str) -> str:
    """The address of a topic without the cost of `reverse()` (lists write many); a test holds it to the URL table."""
    return f"/sujets/{pk}/{slug}/"


def post_url(topic_pk: int, slug: str, number: int) -> str:
    """Where a post stands: its page and its anchor."""
    page = page_of_number(number)
    query = f"?page={page}" if page > 1 else ""
    return f"{topic_url(topic_pk, slug)}{query}#message-{number}"
