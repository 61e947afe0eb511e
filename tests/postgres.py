"""A throw-away PostgreSQL cluster on a Unix socket, for tests that need the real one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOTS = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version; None if there is none."""
    found = [
        folder
        for root in ROOTS
        for folder in Path("/").glob(root.lstrip("/"))
        if (folder / "initdb").exists()
    ]
    if found:
        return max(found, key=lambda folder: [int(n) for n in folder.parts if n.isdigit()])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """Started by `start`, stopped by `stop`, as often as wanted; `remove` deletes it."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="coach-pg-"))
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._data = self.folder / "data"
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        with (self._data / "postgresql.conf").open("a") as conf:
            conf.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\n"
                "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                "shared_buffers = 16MB\nmax_connections = 100\n"
            )

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self.folder / "log", "start")

    def stop(self, *, crash: bool = False) -> None:
        """A crash may lose what was committed last: nothing waits for the disk here."""
        mode = "immediate" if crash else "fast"
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def sql(self, statement: str) -> None:
        self._run("psql", "-h", self.folder, "-U", "postgres", "-qX", "-c", statement, "postgres")

    def remove(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop(crash=True)
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*self._as, str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(  # a daemon inherits its output, hence no pipes for pg_ctl
            command,
            check=False,
            cwd="/",
            timeout=60,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        )
        if done.returncode:
            said = (done.stderr or b"").decode(errors="replace")
            raise RuntimeError(f"{program} failed: {said or self._log()}")

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else "no log"
