"""What may go wrong in any command, as a message and an exit code."""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from tracetui.headless.command_error import INTERRUPTED, CommandError


class Commands(TyperGroup):
    """Runs a command and turns what may go wrong into a message and an exit code."""

    def invoke(self, ctx: Any) -> None:
        """Run the command that `ctx` names."""
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except RuntimeError as error:
            # DuckDB's own exception for a signal that came in the middle of a query.
            if str(error) != "Query interrupted":
                raise
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader has what it wanted; nothing is left to flush into the pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except CommandError as error:
            from tracetui.view_models.sanitise import sanitise_block

            typer.echo(f"tracetui: {sanitise_block(str(error))}", err=True)
            raise typer.Exit(error.exit_code) from None
