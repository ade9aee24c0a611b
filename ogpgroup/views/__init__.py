"""Pages without an owner among the apps."""
