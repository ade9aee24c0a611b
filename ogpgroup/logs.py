"""The web server's own logs. Imports nothing of Django: gunicorn's parent process reads it before the settings."""

from gunicorn.glogging import Logger

from ogpgroup.masks import Masked


class GunicornLogger(Logger):
    """Gunicorn's access and error logs without links that act for somebody, wherever they are written."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)  # type: ignore[no-untyped-call]  # gunicorn ships no types
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                known = handler.formatter
                handler.setFormatter(Masked(known._fmt, known.datefmt) if known else Masked())
