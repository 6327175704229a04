"""The built-in tasks teach what they say: figures that others published, too."""

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


def test_straight_blobs_reproduce_the_published_figures_of_the_course(
    tmp_path: Path,
) -> None:
    words = ["--task", "blobs", "--set", "model=linear", "--no-git"]
    folder = make_project(tmp_path, "b", words)
    done = run_python("-m", "b", "train", "--device", "cpu", folder=folder)
    assert done.code == 0, done.err
    record = (folder / "runs/001/metrics.csv").read_text()
    recorded = list(csv.DictReader(record.splitlines()))
    columns = ("train_loss", "test_loss", "accuracy")
    for epoch, published in COURSE.items():
        ours = [float(recorded[epoch][name]) for name in columns]
        for figure, known in zip(ours, published, strict=True):
            assert abs(figure - known) < 2e-5, (epoch, ours)


def test_predictions_take_raw_values_and_a_header(tmp_path: Path) -> None:
    folder = make_project(tmp_path, "d", ["--task", "diabetes", "--no-git"])
    train = ("-m", "d", "train", "--device", "cpu")
    assert run_python(*train, folder=folder).code == 0
    header = "age,sex,bmi,bp,s1,s2,s3,s4,s5,s6"
    person = "59,2,32.1,101,157,93.2,38,4,4.8598,87"  # the first of the study, 151
    (folder / "in.csv").write_text(f"{header}\n{person}\n")
    words = ("-m", "d", "predict", "--device", "cpu")
    read = run_python(*words, "--input", "in.csv", folder=folder)
    typed = run_python(*words, *person.split(","), folder=folder)
    assert read.out == typed.out
    assert 150 < float(read.out) < 270
    with (folder / "in.csv").open("a") as file:
        file.write("," * 9 + "\n")
    refused = run_python(*words, "--input", "in.csv", folder=folder)
    assert (refused.code, refused.out) == (1, "")
    assert "line 3: age is ''" in refused.err
