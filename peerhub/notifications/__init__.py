"""Telling people that something happened, where and when they want to be told."""
