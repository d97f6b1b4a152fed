"""A paper's rows trained, evaluated and set beside its published figures."""
