"""SQL that the ORM has no words for. It is the same text for both databases; what differs stands in `vendor`."""
