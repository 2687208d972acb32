"""A worker process; its log comes first, so that whatever goes wrong, as on import, is a line of it.

`python -m api.server.worker_process SOCKET,… BOARD ROW PARENT`, as `worker.main` takes them.
"""

import sys
from importlib import import_module

from api.server.logs.setup import configure_logging
from api.settings import read_log_format, read_log_level

if __name__ == "__main__":
    configure_logging(read_log_level(), read_log_format())
    sockets, *others = sys.argv[1:]
    import_module("api.server.worker").main([int(each) for each in sockets.split(",")], *map(int, others))
