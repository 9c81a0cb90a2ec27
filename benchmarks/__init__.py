"""Measurements of the console beside hand-written limits and what people use instead. They assert no time: they print."""
