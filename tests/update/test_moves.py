"""Files that the owner moved or renamed are followed, as `git merge` does."""

import shutil

import pytest
from updates import NOTES, PACKAGE, World, around, commit, git, status

PLACES = ["docs/renamed.md", "texts/deep/notes.md", "notes of mine.md"]


@pytest.mark.parametrize("place", PLACES)
def test_a_moved_file_is_merged_where_it_is(world: World, place: str) -> None:
    (world.project / place).parent.mkdir(parents=True, exist_ok=True)
    git(world.project, "mv", NOTES, place)
    world.edit("line 18\n", "line 18, mine\n", place)
    world.improve("line 3\n", "line three\n")
    done = world.update()
    assert done.code == 0
    assert f"  merged    {NOTES} -> {place}  with your edits" in done.out
    assert not (world.project / NOTES).exists()
    text = (world.project / place).read_text()
    assert "line three\n" in text
    assert "line 18, mine\n" in text
    assert world.update("--abort").code == 0
    assert status(world) == ""


def test_a_package_is_followed_to_src_with_its_new_modules(world: World) -> None:
    (world.project / "src").mkdir()
    git(world.project, "mv", "mine", "src/mine")
    commit(world.project)
    world.rings.write(f"{PACKAGE}/extra/more.py", '"""More."""\n')
    world.rings.write("docs/other.md", "other\n")
    world.improve("self.layers(x)", "self.layers(x.float())", f"{PACKAGE}/model.py")
    done = world.update()
    assert done.code == 0, done.err
    rows = world.rows(done)
    assert rows["mine/model.py"] == "updated -> src/mine/model.py"
    assert rows["mine/extra/more.py"] == "new -> src/mine/extra/more.py"
    assert rows["docs/other.md"] == "new"
    assert not (world.project / "mine").exists()
    assert (world.project / "src" / "mine" / "extra" / "more.py").is_file()
    assert "x.float()" in (world.project / "src" / "mine" / "model.py").read_text()


def test_a_feature_is_added_to_and_removed_from_a_moved_package(world: World) -> None:
    (world.project / "src").mkdir()
    git(world.project, "mv", "mine", "src/mine")
    commit(world.project)
    known = ("--dir", world.project, "--plugin", world.rings.folder)
    assert world.scaffold("add", "compare", *known).code == 0
    commit(world.project)
    assert (world.project / "src" / "mine" / "compare.py").is_file()
    assert world.scaffold("remove", "compare", *known).code == 0
    assert not (world.project / "src" / "mine" / "compare.py").exists()
    commit(world.project)
    assert world.update().out == "Up to date.\n"


def test_new_modules_stay_where_modules_stayed(world: World) -> None:
    git(world.project, "mv", "mine/model.py", "mine/net.py")
    commit(world.project)
    world.rings.write(f"{PACKAGE}/more.py", '"""More."""\n')
    world.rings.release("0.2.0")
    assert world.rows(world.update())["mine/more.py"] == "new"


def test_nothing_is_moved_onto_a_file_of_the_template(world: World) -> None:
    git(world.project, "mv", NOTES, "docs/taken.md")
    world.edit("line 18\n", "line 18, mine\n", "docs/taken.md")
    world.rings.write("docs/taken.md", "from the template\n")
    world.improve("line 3\n", "line three\n")
    rows = world.rows(world.update())
    assert rows[NOTES] == "skipped you deleted it"
    assert rows["docs/taken.md"].startswith("conflict")


def test_a_file_that_is_only_similar_in_a_few_lines_is_not_followed(
    world: World,
) -> None:
    (world.project / NOTES).unlink()
    (world.project / "docs" / "own.md").write_text("line 1\nall my own\n" * 5)
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.rows(world.update())[NOTES] == "skipped you deleted it"


def test_moves_are_found_in_a_project_of_a_larger_repository(world: World) -> None:
    around(world)
    git(world.project, "mv", NOTES, "docs/renamed.md")
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.rows(world.update())[NOTES] == "updated -> docs/renamed.md"


def test_moves_are_found_in_a_repository_with_sha_256(world: World) -> None:
    shutil.rmtree(world.project / ".git")
    git(world.project, "init", "--quiet", "--object-format=sha256")
    commit(world.project)
    git(world.project, "mv", NOTES, "docs/renamed.md")
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.rows(world.update())[NOTES] == "updated -> docs/renamed.md"
