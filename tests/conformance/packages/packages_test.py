"""What whoever installs the two Debian packages gets: they are made of an existing build, unpacked
into an empty directory, and used from there.

usage: packages_test.py BUILD WORK CXX
"""

import http.client
import json
import os
import re
import select
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

LIMIT_S = 60
BUILD, WORK, CXX = Path(), Path(), ""
CONFIGURATION = {
    "data": {"port": 0},
    "admin": {"port": 0, "auth": "none"},
    "plugins": {"directory": "plugins"},
    "state": {"directory": "state"},
}


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                           timeout=LIMIT_S, check=False, env=env)
    if ended.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def package(name: str) -> Path:
    found = list((WORK / "packages").glob(f"{name}_*.deb"))
    assert len(found) == 1, f"one package '{name}' is wanted; there are {found}"
    return found[0]


def field(name: str, key: str) -> str:
    return run("dpkg-deb", "--field", package(name), key).strip()


def source_directory() -> str:
    """The checkout."""
    found = re.search(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$",
                      (BUILD / "CMakeCache.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def root() -> Path:
    return WORK / "root"


def needed(program: Path) -> list[str]:
    return re.findall(r"NEEDED\s+(\S+)", run("objdump", "--private-headers", program))


def owners(library: str) -> set[str]:
    """The installed packages that bring it."""
    lines = run("dpkg-query", "--search", f"*/{library}").splitlines()
    return {line.split(":")[0] for line in lines}


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
    try:
        fields = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, fields)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class Host:
    """What `command` serves, with nothing of this process's environment; ends with the block."""

    def __init__(self, directory: Path, command: list[str | Path]) -> None:
        (directory / "config.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")
        self.log = (directory / "log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env={}, cwd=directory)

    def __enter__(self) -> "Host":
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], LIMIT_S)
        line = self.process.stdout.readline() if readable else ""
        match = re.fullmatch(r"ready data=[^ ]+:(\d+) admin=[^ ]+:(\d+)\n", line)
        if not match:
            self.__exit__()
            raise AssertionError(f"the host is not ready: {line}\n"
                                 + Path(self.log.name).read_text(encoding="utf-8"))
        self.data, self.admin = int(match[1]), int(match[2])
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()
        self.log.close()


def check_greeter_is_served(host: Host, case: unittest.TestCase) -> None:
    backend = {"plugin": "greeter", "handler": "greeter", "init": {"greeting": "good day"}}
    case.assertEqual(ask(host.admin, "PUT", "/v1/backends/b", backend)[0], 201)
    endpoint = {"route": "/greet", "traffic": {"b": 1.0}}
    case.assertEqual(ask(host.admin, "PUT", "/v1/endpoints/e", endpoint)[0], 201)
    case.assertEqual(ask(host.data, "GET", "/greet?name=ray"), (200, "good day ray"))


# A system of its own for what `$2…` does: this one's files as they are, over which nothing has been
# written, without the checkout; what is written goes with the namespace. The parameters: a directory
# for it, in which `share` is seen as /srv, and the checkout.
CHROOT = """
set -e
work=$1 checkout=$2
mount -t tmpfs tmpfs "$work/layers"
mkdir "$work/layers/upper" "$work/layers/scratch" "$work/layers/root"
root=$work/layers/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/layers/upper,workdir=$work/layers/scratch" "$root"
[ ! -d "$root$checkout" ] || mount -t tmpfs tmpfs "$root$checkout"
mount --bind "$work/share" "$root/srv"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot "$root" /bin/sh -e /srv/session
"""
# In there: both packages are installed and used as a user does.
SESSION = """
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
cd /srv
dpkg --install backplane_*.deb backplane-plugin-sdk_*.deb 1>&2
{cxx} /usr/share/doc/backplane-plugin-sdk/examples/greeter/greeter.cpp \
  $(pkg-config --cflags --libs backplane-plugin-sdk) -o plugins/greeter.so
backplane inspect --strict plugins/greeter.so 1>&2
exec backplane serve --config config.json
"""


def setUpModule() -> None:
    # Not /tmp, which may be mounted so that nothing in it can be loaded.
    shutil.rmtree(WORK, ignore_errors=True)
    root().mkdir(parents=True)
    # The form of compression that takes the least time.
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", WORK / "packages",
        "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip")
    for name in ("backplane", "backplane-plugin-sdk"):
        run("dpkg-deb", "--extract", package(name), root())


class Packages(unittest.TestCase):
    def test_the_host_depends_on_what_brings_each_library_that_it_needs(self) -> None:
        depends = {word.split()[0] for word in field("backplane", "Depends").split(",")}
        for program in ("backplane", "backplane-probe"):
            libraries = needed(root() / "usr/bin" / program)
            self.assertIn("libc.so.6", libraries)
            for library in libraries:
                self.assertTrue(owners(library) & depends, f"{library} of {program}: {depends}")

    def test_the_sdk_fits_every_architecture_and_every_place(self) -> None:
        self.assertEqual(field("backplane-plugin-sdk", "Architecture"), "all")
        self.assertEqual(field("backplane-plugin-sdk", "Depends"), "")
        for path in run("dpkg-deb", "--contents", package("backplane-plugin-sdk")).splitlines():
            file = root() / path.split()[-1]
            if file.is_file():
                self.assertNotIn(source_directory(), file.read_text(encoding="utf-8"), file)

    def test_both_say_what_they_are_and_bring_their_licence(self) -> None:
        summaries = {"backplane": "Serves functions", "backplane-plugin-sdk": "Builds plugins"}
        for name, summary in summaries.items():
            self.assertNotEqual(field(name, "Maintainer"), "")
            self.assertTrue(field(name, "Description").startswith(summary))
            licence = root() / "usr/share/doc" / name / "copyright"
            self.assertIn("Apache License", licence.read_text(encoding="utf-8"))

    def test_an_example_of_the_sdk_is_built_by_pkg_config_and_served(self) -> None:
        (WORK / "host/plugins").mkdir(parents=True)
        # Nothing but what the package brought: not even what is installed on this machine.
        flags = run("pkg-config", "--cflags", "--libs", "backplane-plugin-sdk",
                    env={"PATH": os.environ["PATH"],
                         "PKG_CONFIG_LIBDIR": str(root() / "usr/share/pkgconfig")}).split()
        examples = root() / "usr/share/doc/backplane-plugin-sdk/examples"
        plugin = WORK / "host/plugins/greeter.so"
        run(CXX, examples / "greeter/greeter.cpp", *flags, "-o", plugin)
        run(root() / "usr/bin/backplane", "inspect", "--strict", plugin)
        serve: list[str | Path] = [root() / "usr/bin/backplane", "serve", "--config",
                                   WORK / "host/config.json"]
        with Host(WORK / "host", serve) as host:
            check_greeter_is_served(host, self)

    def test_both_are_installed_and_used_in_a_clean_chroot(self) -> None:
        may = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                             capture_output=True, timeout=LIMIT_S, check=False)
        if may.returncode != 0:
            self.skipTest(f"no mounts may be made here: {may.stderr.decode().strip()}")
        system = WORK / "chroot"
        (system / "layers").mkdir(parents=True)
        (system / "share/plugins").mkdir(parents=True)
        for name in ("backplane", "backplane-plugin-sdk"):
            shutil.copy(package(name), system / "share")
        (system / "share/session").write_text(SESSION.format(cxx=CXX), encoding="utf-8")
        (system / "enter").write_text(CHROOT, encoding="utf-8")
        enter: list[str | Path] = ["unshare", "--mount", "/bin/sh", system / "enter", system,
                                   source_directory()]
        with Host(system / "share", enter) as host:
            check_greeter_is_served(host, self)
            self.assertFalse(Path("/usr/bin/backplane").exists(), "it was installed in this system")


if __name__ == "__main__":
    BUILD, WORK, CXX = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    unittest.main(argv=sys.argv[:1], verbosity=2)
