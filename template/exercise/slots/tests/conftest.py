from package import exercise_hooks


# slot: hooks
# {% if true %}
def pytest_collection_modifyitems(items):
    items.sort(key=exercise_hooks.number_of)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    exercise_hooks.wait_for_exercises(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return exercise_hooks.judge(report, item, call.excinfo and call.excinfo.value)


# {% endif %}
