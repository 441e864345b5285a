"""`tracetui receive`: the endpoint that OpenTelemetry SDKs send to."""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

from typing import TYPE_CHECKING, Annotated

import typer

from tracetui.cli_options import Prices

if TYPE_CHECKING:
    from tracetui.receiver.options import Options


def receive(
    *,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Keep what comes, as OTLP JSON lines.", show_default=False
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="For OTLP over HTTP; 0: any that is free.")
    ] = 4318,
    grpc_port: Annotated[
        int, typer.Option(min=0, max=65535, help="For OTLP over gRPC; 0: any that is free.")
    ] = 4317,
    no_grpc: Annotated[bool, typer.Option("--no-grpc", help="Listen for HTTP alone.")] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines send, with a token.")
    ] = False,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TRACETUI_TOKEN",
            show_envvar=False,
            help="What senders have to show; also in TRACETUI_TOKEN.",
            show_default=False,
        ),
    ] = None,
    rotate_mb: Annotated[
        int, typer.Option(min=1, help="Size at which FILE is rotated, in MB.")
    ] = 100,
    every: Annotated[
        float, typer.Option(min=0.1, help="Without a terminal: seconds between two lines.")
    ] = 10,
    prices: Prices = None,
) -> None:
    """Receive OTLP from any OpenTelemetry SDK, and show it as it comes."""
    from tracetui.headless import receiving, terminal
    from tracetui.receiver.options import Options

    shown = terminal.can_draw()
    token = receiving.checked_token(host, token, allow_remote=allow_remote)
    with receiving.record_file(record) as file:
        options = Options(
            record=file,
            host=host,
            http_port=http_port,
            grpc_port=None if no_grpc else grpc_port,
            token=token,
            rotate_bytes=rotate_mb << 20,
            # Nobody reads what is neither kept nor shown.
            keep_rotated=record is not None or shown,
        )
        if shown:
            _show(options, prices)
        else:
            receiving.run(options, every=every, kept=record is not None)


def _show(options: "Options", prices: str | None) -> None:
    """Receive beside the app, which follows the record."""
    from tracetui.headless.command_error import CommandError
    from tracetui.headless.own_files import check_own_files, own_settings
    from tracetui.headless.receiving import print_advice
    from tracetui.receiver.process import ReceiverProcess
    from tracetui.receiver.receiver_error import ReceiverError

    check_own_files(None, prices)
    settings = own_settings()
    try:
        receiver = ReceiverProcess(options)
    except ReceiverError as error:
        raise CommandError(str(error)) from error
    try:
        print_advice(list(receiver.advice))
        from tracetui.app import TraceTuiApp

        explorer = TraceTuiApp(
            [options.record],
            title=receiver.title,
            settings=settings,
            follow=True,
            price_file=prices,
            reception=receiver,
        )
        explorer.run()
    finally:
        receiver.stop()
    if explorer.return_code:
        raise typer.Exit(explorer.return_code)
