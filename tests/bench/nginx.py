"""nginx as a peer: one worker that answers from memory."""

import shutil

from servers import Call, Server, free_port, HELLO

# keepalive_requests is raised because nginx otherwise closes each connection after 1000 requests,
# which would count against it.
CONFIGURATION = """\
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  default_type text/plain;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 "{answer}"; }}
  }}
}}
"""


class Nginx(Server):
    name = "nginx"

    @staticmethod
    def program() -> str | None:
        return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

    def __init__(self, cores: str, call: Call = HELLO) -> None:
        super().__init__(cores, call)

    def launch(self) -> None:
        self.port = free_port()
        configuration = self.directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            directory=self.directory, port=self.port, answer=self.call.answer), encoding="utf-8")
        program = self.program()
        assert program is not None
        self.spawn([program, "-p", str(self.directory), "-c", str(configuration), "-e", "stderr"])

    def is_ours(self, headers: dict[str, str]) -> bool:
        return headers.get("server", "").startswith("nginx")
