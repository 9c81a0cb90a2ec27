"""The ground: who did what and when. `from audit.record import record`."""
