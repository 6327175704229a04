"""`torchrun frequent_saves.py PACKAGE train ...`: save every 0.05 s while training."""

import importlib
import sys

sys.path.insert(0, "")

package, *words = sys.argv[1:]
interrupt = importlib.import_module(f"{package}.tools.interrupt")
interrupt.EVERY, interrupt.SHARE = 0.05, 1
raise SystemExit(importlib.import_module(f"{package}.__main__").main(words))
