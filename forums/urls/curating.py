"""What animators do with themes, tags, topics and posts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
