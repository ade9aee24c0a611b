"""What pages read: the schedule as rows, a session's history, releases in words. Nothing here writes."""
