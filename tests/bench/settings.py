"""The product's settings, with the reference view beside its addresses and a way to make a request cold."""

from ogpgroup.settings import *  # noqa: F403
from ogpgroup.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = [*MIDDLEWARE, "tests.bench.urls.ForgetWhatIsKept"]
