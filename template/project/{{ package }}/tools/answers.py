"""From raw inputs to answers, by the model of a run or by a program."""

from argparse import Namespace
from pathlib import Path

from ..data import read_inputs
from ..device import choose_device
from ..errors import ProjectError, SettingError
from .pictures import Predictor
from .runs import find_checkpoint, trained_model


def find_predictor(args: Namespace) -> Predictor:
    """Return the trained model that --program or --checkpoint names."""
    if args.program:
        if args.device not in {"auto", "cpu"}:
            raise SettingError("--program computes on the CPU; leave out --device")
        from .program import read_program  # torch.export takes a while to load

        return read_program(args.program)
    path = find_checkpoint(args.checkpoint, args.out)
    saved, model = trained_model(path, choose_device(args.device))
    return Predictor(model, saved.state)


def answer(predictor: Predictor, source: Path | list[list[str]]) -> list[float | str]:
    """Return a value or the name of a class for each example of `source`.

    Raises ProjectError for what is no example, and for a prediction that is no number.
    """
    predictions = predictor(read_inputs(source, predictor.state))
    if not predictions.isfinite().all():
        raise ProjectError("a prediction is not finite; are the inputs far too large?")
    answers = predictions.tolist()
    if names := predictor.state.get("classes"):
        answers = [names[int(number)] for number in answers]
    return answers
