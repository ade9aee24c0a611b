"""Pages and calendars for every reader, and `coordination` for those who prepare and publish the schedule."""
