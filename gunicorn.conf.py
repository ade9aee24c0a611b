"""Read by gunicorn in the folder where it starts, which is this one; options on its command line come on top."""

logger_class = "ogpgroup.logs.GunicornLogger"
