"""What is read out of plans: how far they are, what changed in them, and the picture of both."""
