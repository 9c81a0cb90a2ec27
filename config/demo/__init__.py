"""A believable portfolio for a first look: people, loans, and the last days of work on them, all through the services."""
