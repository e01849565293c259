"""Runs a WASI command in wasmtime's Python package: run.py compile MODULE OUT, or run.py run COMPILED ARGUMENTS..."""
import sys
from wasmtime import Engine, ExitTrap, Linker, Module, Store, WasiConfig

engine = Engine()
if sys.argv[1] == "compile":
    with open(sys.argv[3], "wb") as out:
        out.write(Module.from_file(engine, sys.argv[2]).serialize())
    sys.exit(0)
linker = Linker(engine)
linker.define_wasi()
store = Store(engine)
wasi = WasiConfig()
wasi.argv = sys.argv[2:]
wasi.inherit_stdin()
wasi.inherit_stdout()
wasi.inherit_stderr()
store.set_wasi(wasi)
instance = linker.instantiate(store, Module.deserialize_file(engine, sys.argv[2]))
try:
    instance.exports(store)["_start"](store)
except ExitTrap as trap:
    sys.exit(trap.code)
