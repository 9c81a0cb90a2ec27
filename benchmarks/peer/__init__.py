"""Django's own admin on the same rows: what people use who write no list of their own. A site only of the benchmark."""
