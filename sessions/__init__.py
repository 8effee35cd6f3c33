"""Scheduled moments between peers: sessions, registrations, reminders, calendars."""
