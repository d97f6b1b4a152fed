"""The command as an operator runs it: ports, models, signals, workers, a full disk."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import onnxruntime
import pytest

from cinegenre.cli import app
from cinegenre.errors import UserError
from cinegenre.serve import server
from cinegenre.serve.app import from_environment
from cinegenre.serve.server import _bind
from cinegenre.serve.settings import Settings

from .running import poster, wait_until

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX systems")
FILM = {"title": "The Quiet Orbit", "overview": "Something wakes in the hold."}


class Service:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        assert process.stderr is not None
        threading.Thread(target=lambda: self.said.extend(process.stderr or ()), daemon=True).start()
        wait_until(lambda: self.said or process.poll() is not None)
        found = re.search(r"page (http://\S+)", "".join(self.said))
        self.address = found[1] if found else ""
        if found:
            wait_until(self.ready, 120)

    def ready(self) -> bool:
        assert self.process.poll() is None, "".join(self.said)
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def works(self) -> bool:
        answer = httpx.post(f"{self.address}/v1/predict", json=FILM, timeout=60)
        return answer.status_code == 200


@contextmanager
def served(*options: str, prepare: Callable[[], None] | None = None) -> Iterator[Service]:
    """`cinegenre serve` on a free port, killed at the end if it still runs."""
    command = [sys.executable, "-c", "from cinegenre.cli import main; main()", "serve",
               "--port", "0", *options]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=prepare
    ) as process:
        try:
            yield Service(process)
        finally:
            process.kill()


@posix
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_what_is_in_flight_finish(sent: signal.Signals) -> None:
    with served() as service:
        films = [FILM | {"overview": f"The crew {i} " * 60} for i in range(64)]
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(
                httpx.post(
                    f"{service.address}/v1/predict/batch", json={"films": films}, timeout=120
                )
            )

        thread = threading.Thread(target=ask)
        thread.start()
        wait_until(lambda: "cinegenre_queue_films 0" not in metrics(service))
        service.process.send_signal(sent)
        thread.join(120)
        assert service.process.wait(60) == 0, "".join(service.said)
    assert len(answers[0].json()["results"]) == 64
    assert all("scores" in one for one in answers[0].json()["results"])
    assert "Traceback" not in "".join(service.said)


def metrics(service: Service) -> str:
    return httpx.get(f"{service.address}/metrics", timeout=30).text


@posix
def test_a_killed_worker_is_replaced_and_counters_are_summed() -> None:
    with served("--workers", "2", "--threads", "1") as service:
        for _ in range(12):
            with httpx.Client() as client:  # a connection each, so that both have some
                client.post(f"{service.address}/v1/predict", json=FILM, timeout=60)
        counted = r'cinegenre_films_total\{inputs="title\+overview"\} 12\.0'
        assert re.search(counted, metrics(service))
        first, second = workers(service)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: first not in workers(service) and len(workers(service)) == 2)
        assert second in workers(service)
        wait_until(service.ready)
        assert all(service.works() for _ in range(6))
        assert "cinegenre_queue_films 0.0" in metrics(service)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0


@posix
def test_workers_end_with_a_killed_parent() -> None:
    with served("--workers", "2", "--threads", "1") as service:
        assert len(workers(service)) == 2
        service.process.kill()
        service.process.wait(30)
        # Their port is free when the last of them has closed it.
        port = int(service.address.rpartition(":")[2])
        wait_until(lambda: free(port))


def free(port: int) -> bool:
    try:
        _bind(Settings(port=port)).close()
    except UserError:
        return False
    return True


def workers(service: Service) -> list[int]:
    """Process numbers of the workers, by what the system lists."""
    lines = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(service.process.pid)],
        capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    return [int(line.split()[0]) for line in lines if "spawn_main" in line]


@posix
def test_a_full_disk_does_not_matter() -> None:
    import resource

    def no_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    large = poster() + bytes(3_000_000)  # a form this long goes to a file elsewhere
    with served(prepare=no_disk) as service:
        for _ in range(3):
            assert service.works()
            answer = httpx.post(f"{service.address}/v1/predict", data={"title": "A"},
                                files={"poster": ("p.png", large)}, timeout=60)  # fmt: skip
            assert answer.status_code == 200, answer.text
            assert answer.json()["inputs"] == ["title", "poster"]


@posix
def test_memory_has_a_bound() -> None:
    """1.2 GB at most, the model and its threads among them, whatever is sent."""
    most = 1200
    large = poster(size=(4900, 4900), kind="JPEG")  # 24 megapixels
    with served("--threads", "2") as service, httpx.Client(timeout=300) as client:
        url = f"{service.address}/v1/predict"
        threads = []
        for i in range(12):
            arguments = {"url": url, "data": {"title": str(i)}, "files": {"poster": large}}
            threads.append(threading.Thread(target=client.post, kwargs=arguments))
        for _ in range(4):
            content = {"url": url, "content": bytes(200_000_000),
                       "headers": {"content-type": "application/json"}}  # fmt: skip
            threads.append(threading.Thread(target=client.post, kwargs=content))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        status = Path(f"/proc/{service.process.pid}/status")
        if not status.exists():
            pytest.skip("this system tells no process's largest memory")
        peak = int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]
        assert peak < most
        assert service.works()


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with _bind(Settings(port=0)) as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        assert ends(["serve", "--port", port]).startswith(f"cannot listen on 127.0.0.1:{port} (")


def ends(arguments: list[str]) -> str:
    """The error that a command ends with."""
    with pytest.raises(UserError) as caught:
        app(arguments, standalone_mode=False)
    return str(caught.value)


def test_bad_options_end_in_one_line(tmp_path: Path) -> None:
    assert "no model bundle at" in ends(["serve", "--model", str(tmp_path / "none")])
    assert "cannot be read" in ends(["serve", "--token-file", str(tmp_path / "none")])
    (tmp_path / "empty").write_text(" \n")
    assert "holds no token" in ends(["serve", "--token-file", str(tmp_path / "empty")])
    assert "set --queue" in ends(["serve", "--max-films", "600"])
    assert "cannot listen on 256.1.1.1" in ends(["serve", "--host", "256.1.1.1"])


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--origin", "films.example", "'films.example' is not an origin: write --origin https://"),
        ("--origin", "https://films.example/page", "is not an origin"),
        ("--origin", "", "is not an origin"),
        ("--poster-host", "https://image.tmdb.org", "is not HOST or HOST:PORT: write --poster"),
        ("--poster-host", "image.tmdb.org/t/p", "is not HOST or HOST:PORT"),
        ("--poster-host", "", "is not HOST or HOST:PORT"),
    ],
)
def test_hosts_that_would_never_fit_are_refused(option: str, value: str, said: str) -> None:
    assert said in ends(["serve", option, value])


def test_hosts_are_taken_as_browsers_send_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[Settings] = []
    monkeypatch.setattr(server, "serve", given.append)
    (tmp_path / "token").write_bytes(b"\xef\xbb\xbfs3cret\r\n")  # as Windows' editor writes it
    app(["serve", "--origin", "HTTPS://Films.example/", "--origin", "*", "--origin",
         "http://localhost:5173", "--poster-host", "Image.TMDB.org", "--poster-host", "[::1]:80",
         "--token-file", str(tmp_path / "token")], standalone_mode=False)  # fmt: skip
    [settings] = given
    assert settings.origins == ("https://films.example", "*", "http://localhost:5173")
    assert settings.poster_hosts == ("image.tmdb.org", "[::1]:80")
    assert settings.token == "s3cret"


def test_a_device_that_is_not_there_ends_before_the_port_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bind(settings: Settings) -> None:
        raise AssertionError("the port was opened")

    monkeypatch.setattr(server, "_bind", bind)
    assert ends(["serve", "--device", "tpu"]).startswith("unknown device 'tpu': ")
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        assert ends(["serve", "--device", "cuda"]).startswith("this onnxruntime has no cuda: run: ")


def test_an_unknown_device_is_one_line_and_exit_code_2() -> None:
    command = [sys.executable, "-m", "cinegenre", "serve", "--port", "0", "--device", "tpu"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    [line] = done.stderr.strip().splitlines()
    assert "unknown device 'tpu'" in line


def test_workers_run_the_model_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINEGENRE_SERVE", "{}")
    Settings(device="cuda").to_environment()
    tagger = from_environment().state.scoring.tagger
    assert tagger.runtime.sessions.device == "cuda"


@posix
def test_it_starts_while_another_closes(tmp_path: Path) -> None:
    """The port of a service that just ended is free at once."""
    with served() as service:
        assert service.works()
        port = service.address.rpartition(":")[2]
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(30) == 0
    time.sleep(0.1)
    with _bind(Settings(port=int(port))) as bound:
        assert bound.getsockname()[1] == int(port)
