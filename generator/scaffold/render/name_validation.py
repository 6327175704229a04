"""Validate project names: the package must be importable and shadow nothing."""

import keyword
import re
import sys
import tomllib

from scaffold.errors import ArgumentError
from scaffold.tree import Tree

# Folders of every project, and modules that pytest imports from its root.
RESERVED = frozenset(
    ["test", "tests", "docs", "notebooks", "runs", "data", "package", "conftest"]
)
# Reserved device names: Windows allows no folders of these names.
WINDOWS_DEVICES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    ]
)
# What core, features and torch-scaffold require, by its name and by the modules that it
# installs; torch may be missing where scaffold runs. A test compares this list with the
# installed packages.
DEPENDENCIES = """
absl absl_py alembic annotated_doc annotated_types anyio asttokens click cloudpickle
colorama colorlog contourpy copier cycler dateutil docstring_parser dunamai
exceptiongroup executing fastapi filelock fonttools fsspec functorch funcy google
gradio_client grpc grpcio h11 hatchling hf_xet httpcore httpcore2 httpx2 huggingface_hub
idna iniconfig ipython ipython_pygments_lexers isympy jedi jinja2 jinja2_ansible_filters
joblib jupyterlab kiwisolver lightning_utilities mako markdown markupsafe matplotlib
matplotlib_inline mpl_toolkits mpmath msgspec narwhals networkx numpy nvidia
opentelemetry opentelemetry_api optuna packaging parso pathspec pexpect pil pillow pip
pkg_resources platformdirs pluggy plumbum polars polars_runtime_32 prettytable
prompt_toolkit protobuf psutil ptyprocess pure_eval py pydantic pydantic_core pygments
pylab pyparsing pytest python_dateutil pyyaml questionary ruff scaffold scikit_learn
scipy setuptools six sklearn skops stack_data starlette sympy tensorboard_data_server
threadpoolctl tomli torch torch_scaffold torchgen tqdm trackio traitlets triton
truststore typeguard typing_extensions typing_inspection tyro tzdata uvicorn wcwidth
werkzeug wheel yaml
"""
# The modules that those import, or look for in sys.modules, if they are installed.
OPTIONAL = """
a2wsgi altair annotationlib argcomplete array_api_compat backports boto3 botocore brotli
brotlicffi cairo cairocffi certifi cffi charset_normalizer ck4inductor compression ctags
cuda cudf cupy cupyx cutlass cython dask dask_expr deeplearning defusedxml deltalake
dill distributed docutils dotenv duckdb einops email_validator envwrap etcd execnet
fastparquet flash_attn flint fx2trt_oss gevent gi gmpy gmpy2 great_tables gunicorn
halide httptools httpx hypothesis ibis importlib_resources ipykernel ipywidgets isal
itsdangerous jaraco jax keras lightgbm llvmlite lxml lz4 lzmaffi mlx modin monkeytype
more_itertools moviepy multipart mypy ndonnx numba numpydoc nvmath olefile onnx onnx_ir
onnx_tf onnxruntime onnxscript openpyxl opt_einsum optree org orjson pandas panel
polars_cloud polars_nanook pooch pulp pyarrow pydantic_extra_types pydot pygraphviz
pyiceberg pynvml pyqt5 pyqt6 pyside2 pyside6 pyspark python_multipart pytorch_lightning
pytz redis requests rich safetensors scikits setuptools_scm shtab sksparse snappy
sniffio sortedcontainers sparse sphinx sqlalchemy sqlframe sqlparse tabulate tensorboard
tensorflow tensorrt toml torch2trt torch_xla torchao torcharrow torchaudio torchcomms
torchdistx torchrec torchvision tornado tree trio tvm uarray ujson urllib3 uvloop
viztracer watchfiles websockets wsproto wx xarray xdist xgboost z3 zipp zstandard
"""
KNOWN_MODULES = frozenset(f"{DEPENDENCIES} {OPTIONAL}".split())


def check_project_name(name: str, package: str, files: Tree, existing: bool) -> None:
    """Raise ArgumentError if a project of this name could not import its dependencies.

    Those and the test modules are read from `files`. Projects that exist may keep the
    name of another known module.
    """
    used = required_modules(files["pyproject.toml"].data.decode())
    used |= frozenset() if existing else KNOWN_MODULES
    if keyword.iskeyword(package):
        problem = "is a Python keyword"
    elif package in sys.stdlib_module_names:
        problem = "would shadow a module of the standard library"
    elif package in used:
        problem = "would shadow a dependency"
    elif package in RESERVED or f"tests/{package}.py" in files:
        problem = "is used by every project"
    elif package in WINDOWS_DEVICES:
        problem = "is a reserved device name on Windows"
    else:
        return
    advice = f"choose another name, such as --set project_name=my-{name}"
    raise ArgumentError(
        f"invalid project name {name!r}: package {package!r} {problem}; {advice}"
    )


def required_modules(pyproject: str) -> set[str]:
    """Return the names of a project's dependencies, as modules are named."""
    project = tomllib.loads(pyproject)["project"]
    lines = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        lines += extra
    names = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in lines
    }
    return {re.sub(r"[-.]+", "_", name) for name in names}
