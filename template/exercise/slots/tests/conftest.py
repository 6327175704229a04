from package.exercise_hooks import judge, number_of, wait_for_exercises


# slot: hooks
# {% if true %}
def pytest_collection_modifyitems(items):
    items.sort(key=number_of)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    wait_for_exercises(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return judge(report, item, call.excinfo and call.excinfo.value)


# {% endif %}
