"""A hub that others wrote (Flask-WebSub) on a free port of loopback; prints the port. Its queue (Celery) is a thread for each task."""

import functools
import logging
import sys
import tempfile
import threading

from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server


class Task:
    """As much of a Celery task as the hub uses: `delay`, and `retry` of one that is bound."""

    def __init__(self, function, bound):
        self.function, self.bound, self.request = function, bound, self
        self.retries = 0

    def delay(self, *args):
        # The hub puts itself before the arguments; a bound task comes first of those.
        given = (self, *args) if self.bound else args
        threading.Thread(target=self.function, args=given, daemon=True).start()

    def retry(self, countdown):
        raise SystemExit("not delivered")


class Celery:
    def task(self, bind=False, **_):
        return functools.partial(Task, bound=bind)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Flask(__name__)
app.config["PUBLISH_SUPPORTED"] = True
store = SQLite3HubStorage(tempfile.mkdtemp() + "/hub.sqlite3")
hub = Hub(store, Celery(), **app.config)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
# Ends with who started it.
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
