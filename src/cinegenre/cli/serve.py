"""`cinegenre serve`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UserError
from .options import Device, Model, Taxonomy, require

app = typer.Typer()

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes any free port.")
]
Workers = Annotated[
    int,
    typer.Option(min=1, max=256, help="Worker processes; each loads its own copy of the model."),
]
Threads = Annotated[
    int,
    typer.Option(min=0, help="Threads of each worker; 0 shares the cores among the workers."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with the token that clients must send with each request.", metavar="FILE"
    ),
]
PosterHost = Annotated[
    list[str] | None,
    typer.Option(help="A host (HOST or HOST:PORT) that poster_url may name; may be repeated."),
]
Origin = Annotated[
    list[str] | None,
    typer.Option(help="The origin (https://…) of a site whose pages may call; may be repeated."),
]
MaxBodyMb = Annotated[int, typer.Option(min=1, max=1024, help="Largest request body, in MB.")]
MaxFilms = Annotated[int, typer.Option(min=1, help="Most films in one batch request.")]
Queue = Annotated[
    int,
    typer.Option(
        min=1,
        help="Most films that may wait in each worker; beyond that, requests are answered 429.",
    ),
]
Batch = Annotated[
    int,
    typer.Option(min=1, help="Most films that are predicted together; 1 predicts each film alone."),
]
AccessLog = Annotated[bool, typer.Option(help="Log every request to stderr.")]


@app.command(
    epilog="Examples: [bold]cinegenre serve[/]  [bold]cinegenre serve --host 0.0.0.0 --workers 4 "
    "--token-file token.txt[/]"
)
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    model: Model = None,
    taxonomy: Taxonomy = "",
    workers: Workers = 1,
    threads: Threads = 0,
    device: Device = "cpu",
    token_file: TokenFile = None,
    poster_host: PosterHost = None,
    origin: Origin = None,
    max_body_mb: MaxBodyMb = 16,
    max_films: MaxFilms = 256,
    queue: Queue = 512,
    batch: Batch = 32,
    access_log: AccessLog = False,
) -> None:
    """Serve the REST API and, at /, the web page."""
    for module in ("fastapi", "fastapi_offline", "prometheus_client", "uvicorn"):
        require(module, module, "serve")
    from ..serve.server import serve as run
    from ..serve.settings import MEGABYTE, Settings

    settings = Settings(
        model=model, taxonomy=taxonomy, host=host, port=port, workers=workers, threads=threads,
        device=device, token=_token(token_file), origins=tuple(map(_origin, origin or ())),
        poster_hosts=tuple(map(_host, poster_host or ())),
        body_bytes=max_body_mb * MEGABYTE, in_flight_bytes=max(128, 2 * max_body_mb) * MEGABYTE,
        films=max_films, queue=queue, batch=batch, runs=1 if batch == 1 else 2,
        access_log=access_log,
    )  # fmt: skip
    run(settings)


def _origin(text: str) -> str:
    """An origin as browsers send it; any other text would never fit one."""
    plain = text.strip().lower().removesuffix("/")
    if plain != "*" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+", plain):
        example = "--origin https://films.example"
        raise UserError(f"--origin {text!r} is not an origin", f"write {example}, without a path")
    return plain


def _host(text: str) -> str:
    plain = text.strip().lower()
    if not re.fullmatch(r"([^/?#@\s:]+|\[[0-9a-f:.]+\])(:\d{1,5})?", plain):
        example = "--poster-host image.tmdb.org"
        raise UserError(f"--poster-host {text!r} is not HOST or HOST:PORT", f"write {example}")
    return plain


def _token(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        token = file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        raise UserError(f"{file} cannot be read ({error})", "name a text file") from None
    if not token or not token.isascii() or len(token.split()) != 1:
        raise UserError(f"{file} holds no token", "write one word of ASCII letters and digits")
    return token
