"""How the web server runs: `gunicorn --config deploy/gunicorn.conf.py ogpgroup.wsgi`; further options come on top.

Threads, because a photo from a phone on a bad line takes a minute to arrive: it holds a thread then, not a process,
and is not cut off while the process lives.
"""

logger_class = "ogpgroup.logs.GunicornLogger"  # masks links that let their holder act as somebody
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 10  # seconds; who watches the wall asks every two, and needs no new line for each question
timeout = 60  # seconds in which a process must show that it lives
preload_app = True
