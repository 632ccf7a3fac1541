"""The command line of `xiaoer`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import xiaoer
from xiaoer.cli.ask import as_text
from xiaoer.cli.ask import ask as ask_server
from xiaoer.cli.chat import chat as open_chat
from xiaoer.cli.chat import check_ports as check_ports_beside_shell
from xiaoer.cli.doctor import examine
from xiaoer.cli.errors import CommandError
from xiaoer.cli.evaluation import Request, evaluate_models
from xiaoer.cli.evaluation import promote as promote_model
from xiaoer.cli.logs import import_transcripts
from xiaoer.cli.preparation import seed, train_if_needed
from xiaoer.cli.project import Project
from xiaoer.cli.services import Ports, backends_service
from xiaoer.cli.shop_command import shop_command
from xiaoer.cli.supervisor import Supervisor, require_free
from xiaoer.cli.up import check_ports
from xiaoer.cli.up import up as start_all

app = typer.Typer(
    help="Start, talk to, ask and examine a Rasa project made with Xiaoer (店小二).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ProjectOption = Annotated[
    Path, typer.Option("--project", help="The Rasa project's folder.", show_default="this folder")
]
RasaPort = Annotated[int, typer.Option("--rasa-port", help="Port of the Rasa server.")]
ActionsPort = Annotated[int, typer.Option("--actions-port", help="Port of the action server.")]
BackendsPort = Annotated[int, typer.Option("--backends-port", help="Port of the shop backends.")]


@app.command()
def up(
    project: ProjectOption = Path(),
    rasa_port: RasaPort = 5005,
    actions_port: ActionsPort = 5055,
    backends_port: BackendsPort = 5080,
    training: Annotated[
        bool, typer.Option("--train/--no-train", help="Train if anything changed.")
    ] = True,
) -> None:
    """Seed, train if anything changed, then run backends, action server and Rasa together."""
    where, ports = Project(project), Ports(rasa_port, actions_port, backends_port)
    check_ports(where, ports)
    seed(where)
    # Without a model there is nothing to run.
    if training or where.newest_model() is None:
        train_if_needed(where)
    start_all(where, ports)


@app.command()
def chat(
    project: ProjectOption = Path(),
    actions_port: ActionsPort = 5055,
    backends_port: BackendsPort = 5080,
) -> None:
    """Seed, train if anything changed, start what is needed and open `rasa shell`."""
    where, ports = Project(project), Ports(actions=actions_port, backends=backends_port)
    check_ports_beside_shell(where, ports)
    seed(where)
    train_if_needed(where)
    raise typer.Exit(open_chat(where, ports))


@app.command()
def ask(
    message: Annotated[str, typer.Argument(help="What the customer says.")],
    sender: Annotated[
        str, typer.Option(help="The conversation; the same one goes on with the same conversation.")
    ] = "ask",
    url: Annotated[str, typer.Option(help="The Rasa server.")] = "http://127.0.0.1:5005",
    as_json: Annotated[bool, typer.Option("--json", help="Print the replies as JSON.")] = False,
) -> None:
    """Send one message to a running assistant and print its replies."""
    replies = ask_server(url, message, sender)
    if as_json:
        typer.echo(json.dumps(replies, ensure_ascii=False, indent=2))
        return
    for reply in replies:
        typer.echo(as_text(reply))
    if not replies:
        raise CommandError("The assistant said nothing; its log (`xiaoer up`) may say why.")


@app.command()
def train(
    project: ProjectOption = Path(),
    force: Annotated[bool, typer.Option(help="Train even when nothing changed.")] = False,
) -> None:
    """Train if anything changed since the newest model."""
    if not train_if_needed(Project(project), force):
        typer.echo("Nothing changed since the last training.")


@app.command()
def backends(
    project: ProjectOption = Path(),
    backends_port: BackendsPort = 5080,
) -> None:
    """Run the shop's reference backends alone."""
    where = Project(project)
    if not where.has_backends:
        raise CommandError(f"{where.folder} has no backends/ of its own to run.")
    service = backends_service(where, Ports(backends=backends_port))
    require_free(service)
    seed(where)
    with Supervisor(where.folder, where.environment()) as supervisor:
        supervisor.start(service)
        supervisor.wait()


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def knowledge(
    arguments: Annotated[list[str], typer.Argument(help="import FILE, check, prepare, or --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Import articles into the knowledge base, check or prepare it."""
    raise typer.Exit(shop_command(Project(project), "knowledge", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def recommend(
    arguments: Annotated[list[str], typer.Argument(help="train, models, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Train the recommendations, see and change the model that serves, import history."""
    raise typer.Exit(shop_command(Project(project), "recommend", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def customers(
    arguments: Annotated[list[str], typer.Argument(help="erase ID, groups, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Erase a customer, compare groups of customers, train and read profiles."""
    raise typer.Exit(shop_command(Project(project), "customers", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def staff(
    arguments: Annotated[list[str], typer.Argument(help="add NAME, list, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Add and change the accounts of those who answer customers at /staff."""
    raise typer.Exit(shop_command(Project(project), "staff", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def campaigns(
    arguments: Annotated[list[str], typer.Argument(help="train, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Train the writer of marketing copy, check its templates and words."""
    raise typer.Exit(shop_command(Project(project), "campaigns", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def insights(
    arguments: Annotated[list[str], typer.Argument(help="count, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Take in events, count figures anew."""
    raise typer.Exit(shop_command(Project(project), "insights", arguments))


@app.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
def review(
    arguments: Annotated[list[str], typer.Argument(help="export, and more: --help.")],
    project: ProjectOption = Path(),
) -> None:
    """Export what was decided in the review queue."""
    raise typer.Exit(shop_command(Project(project), "review", arguments))


@app.command(name="import-logs")
def import_logs(
    files: Annotated[list[Path], typer.Argument(help="Transcripts: CSV or JSON Lines files.")],
    out: Annotated[Path, typer.Option(help="The folder for candidates and report.")],
    text: Annotated[str, typer.Option(help="The column with what was written.")] = "",
    role: Annotated[str, typer.Option(help="The column with who wrote it.")] = "",
    conversation: Annotated[str, typer.Option(help="The column with the conversation.")] = "",
    time: Annotated[str, typer.Option(help="The column with the moment.")] = "",
    language: Annotated[str, typer.Option(help="Only messages in zh, or in en.")] = "",
    min_size: Annotated[int, typer.Option(min=1, help="Messages that make a candidate.")] = 5,
    groups: Annotated[
        int | None, typer.Option(min=1, help="Groups to make.", show_default="chosen")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="A number or address of the shop's own, not masked.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all randomness.")] = 0,
    project: ProjectOption = Path(),
) -> None:
    """Find candidate intents and answers in transcripts of customer service."""
    import_transcripts(
        files,
        out,
        {"text": text, "role": role, "conversation": conversation, "time": time},
        language=language,
        min_size=min_size,
        groups=groups,
        allowed=allow or (),
        project=project,
        seed=seed,
    )


@app.command()
def evaluate(
    champion: Annotated[
        Path | None, typer.Option(help="The model that serves.", show_default="newest in models/")
    ] = None,
    challenger: Annotated[
        Path | None, typer.Option(help="The other model.", show_default="trained now")
    ] = None,
    reviewed: Annotated[
        Path | None,
        typer.Option(help="Reviewed messages.", show_default=".xiaoer/reviewed.jsonl"),
    ] = None,
    since: Annotated[str, typer.Option(help="Leave out reviews before this day.")] = "",
    folds: Annotated[int, typer.Option(help="NLU folds; 0 for none.")] = 5,
    tolerance: Annotated[float, typer.Option(help="Points the challenger may be behind.")] = 2.0,
    newly_failing: Annotated[
        int, typer.Option(min=0, help="Test conversations that may newly fail.")
    ] = 0,
    promote: Annotated[bool, typer.Option("--promote", help="Put it in place if it may.")] = False,
    allow_unclear: Annotated[
        bool, typer.Option("--allow-unclear", help="Too little to tell counts as good enough.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="For the report.", show_default=".xiaoer/evaluation")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of folds and intervals.")] = 0,
    project: ProjectOption = Path(),
) -> None:
    """Compare a newly trained model with the one that serves; exit 3 if worse, 4 if unclear."""
    asked = Request(
        champion,
        challenger,
        reviewed,
        since,
        folds,
        tolerance,
        newly_failing,
        promote,
        allow_unclear,
        out,
        seed,
    )
    raise typer.Exit(evaluate_models(Project(project), asked))


@app.command()
def promote(
    model: Annotated[Path, typer.Argument(help="The archive; an earlier one goes back.")],
    project: ProjectOption = Path(),
) -> None:
    """Put a model in place; running servers change to it without losing a conversation."""
    promote_model(Project(project), model)


@app.command()
def doctor(
    project: ProjectOption = Path(),
    rasa_port: RasaPort = 5005,
    actions_port: ActionsPort = 5055,
    backends_port: BackendsPort = 5080,
) -> None:
    """Check the machine and the project; exit 1 when something needs you."""
    healthy = True
    for finding in examine(Project(project), Ports(rasa_port, actions_port, backends_port)):
        healthy = healthy and finding.ok
        typer.echo(f"{'✓' if finding.ok else '✗'} {finding.what}")
        if not finding.ok:
            typer.echo(f"  {finding.advice}")
    raise typer.Exit(0 if healthy else 1)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(xiaoer.__version__)


def main() -> None:
    """Run the command; an expected error is one sentence, Ctrl+C is no error."""
    try:
        app()
    except CommandError as error:
        sys.exit(f"xiaoer: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
