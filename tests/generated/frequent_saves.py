"""`python frequent_saves.py PACKAGE train ...`: train, and save every 0.05 s."""

import importlib
import runpy
import sys

sys.argv = sys.argv[1:]
saving = importlib.import_module(f"{sys.argv[0]}.distributed.saving")
saving.SAVE_INTERVAL_S, saving.MAX_SAVE_OVERHEAD = 0.05, 1
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
