"""Pages of the schedule: `public` for every reader, `coordination` for those who prepare and publish it."""
