"""The built-in tasks give the numbers that the course published."""

import csv
from pathlib import Path

from conftest import make_project, run_python

COURSE = {  # epoch: training loss, test loss, test accuracy; of the course's chapter 02
    0: (1.04324, 0.57861, 0.955),
    10: (0.14398, 0.13037, 0.990),
    20: (0.08062, 0.07216, 0.995),
    30: (0.05924, 0.05133, 0.995),
    40: (0.04892, 0.04098, 0.995),
    50: (0.04295, 0.03486, 0.995),
    60: (0.03910, 0.03083, 0.995),
    70: (0.03643, 0.02799, 0.995),
    80: (0.03448, 0.02587, 0.995),
    90: (0.03300, 0.02423, 0.995),
}


def test_linear_blobs_reproduce_the_published_numbers_of_the_course(
    tmp_path: Path,
) -> None:
    folder = make_project(tmp_path, "b", ["--task", "blobs", "--no-git"])
    words = ("train", "--activation", "none", "--device", "cpu")
    done = run_python("-m", "b", *words, folder=folder)
    assert done.code == 0, done.err
    text = (folder / "runs/001/metrics.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    columns = ("train_loss", "test_loss", "test_accuracy")
    for epoch, published in COURSE.items():
        ours = [float(rows[epoch][name]) for name in columns]
        for number, expected in zip(ours, published, strict=True):
            assert abs(number - expected) < 2e-5, (epoch, ours)
