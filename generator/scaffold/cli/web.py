"""`scaffold web`: a page that shows a project before it is written."""

from pathlib import Path

import click

from scaffold.cli.options import plugin_option


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8642,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@plugin_option
def web(port: int, folders: tuple[Path, ...]) -> None:
    """Preview a project in the browser.

    Serves a page to this machine only, until Ctrl-C. In it, choose task and features,
    see the files and what a choice changes in them, and take the project as a zip or as
    a command line. A reload of the page reads changed plugins.

    \b
    Examples:
      scaffold web
      scaffold web --port 0 --plugin my-task
    """
    from scaffold.web.server import HOST, make_server
    from scaffold.web.site import make_site

    with make_server(make_site(folders), port) as server:
        address = f"http://{HOST}:{server.server_port}/"
        click.echo(f"{address} (Ctrl-C stops the server)")
        server.serve_forever()
