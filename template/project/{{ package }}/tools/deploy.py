"""The commands that take a model elsewhere: as a file, or over HTTP."""

from argparse import Namespace

from ..errors import ProjectError, SettingError


def export(args: Namespace) -> None:
    """Write a trained model as a program, a file that torch alone can run."""
    if args.output and args.output.suffix != ".pt2":
        raise SettingError("--output must end in .pt2; torch opens no other file")

    from ..device import choose_device
    from .export import write_program
    from .runs import find_checkpoint, trained_model

    path = find_checkpoint(args.checkpoint, args.out)
    saved, model = trained_model(path, choose_device("cpu"))
    program = args.output or path.with_suffix(".pt2")
    write_program(program, model, saved.state)
    print(f"program: {program}")


def serve(args: Namespace) -> None:
    """Answer over HTTP what a trained model makes of new examples."""
    from .answers import find_predictor

    try:
        from .serve import serve
    except ModuleNotFoundError as error:
        if error.name not in {"starlette", "uvicorn"}:
            raise
        missing = f"{error.name} is not installed"
        raise ProjectError(f"{missing}; type: pip install -e '.[serve]'") from error
    serve(find_predictor(args), args.host, args.port)
