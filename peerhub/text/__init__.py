"""Text that people write: Markdown in, clean HTML and plain text out. The only place, with `ui`, that blesses HTML.

Nouns: a *source* (Markdown, what is stored and edited), a `Rendered` (html, plain, mentions, links), an *excerpt*.
Verbs: `render` once, at write time; `as_safe` what was rendered, when it is shown.
"""
