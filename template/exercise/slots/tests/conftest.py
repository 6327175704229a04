import package.exercise_hooks as exercises


# slot: hooks
# {% if true %}
def pytest_collection_modifyitems(items):
    items.sort(key=exercises.number_of)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    exercises.wait_for_exercises(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return exercises.judge(report, item, call.excinfo and call.excinfo.value)


# {% endif %}
