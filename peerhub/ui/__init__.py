"""The interface's tools: components (template tags), the form renderer, pages of lists, styles and scripts.

Knows no model: components take strings, products bring the words. See docs/ui.md for the list of components.
"""
