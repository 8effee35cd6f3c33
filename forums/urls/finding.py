"""Searches that are kept, and feeds."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
