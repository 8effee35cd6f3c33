"""The components: functions that take strings and return safe HTML, registered as template tags."""
