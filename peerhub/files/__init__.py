"""Files that people join to what they write: images and documents, checked by their content, kept apart from the pages.

Nouns: a `StoredFile` (pending, attached to a circle, withdrawn), its thumbnail, its blob (what the storage holds).
Verbs: store, attach, move, withdraw, restore; purge what nobody kept.

A file is open to the circle of what it is attached to, judged again at each download. Which text shows it is the
product's to know: this room knows no post.
"""
