"""The handler hello of plugins/ in Flask."""

from flask import Flask, Response, request

app = Flask(__name__)


@app.get("/hello")
def hello() -> Response:
    answer = Response("hello " + request.args.get("name", "serve!"), mimetype="text/plain")
    answer.headers["X-Bench-Peer"] = "gunicorn"
    return answer
