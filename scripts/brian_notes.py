"""What a script has run so far: steps, and what monitors and variables hold; also of functions that it has other processes carry out."""

import json
import multiprocessing.pool
import os
from pathlib import Path

#: Runs of a script that are compared, and its steps at most, in the steps that a run is cut to.
RUNS, TIMES = 8, 5


class Enough(BaseException):
    """All that is compared has been run."""


class Notes:
    """What a script has run so far.

    Args:
        output: the files to write, without their endings.
        steps: what runs are cut to.
    """

    def __init__(self, output, steps):
        self.output, self.steps = output, steps
        #: Arrays by what they are, and the runs.
        self.found, self.runs = {}, []

    def is_enough(self):
        """Whether the script need not go on."""
        return sum(each["steps"] for each in self.runs) >= TIMES * self.steps or len(self.runs) >= RUNS

    def write(self, **more):
        """Writes it into files."""
        import numpy as np

        np.savez(f"{self.output}.npz", **self.found)
        Path(f"{self.output}.json").write_text(json.dumps({"runs": self.runs, **more}))

    def add(self, output, label):
        """Adds what another process has noted."""
        import numpy as np

        with np.load(f"{output}.npz", allow_pickle=False) as arrays:
            self.found.update({f"{name} of {label}": array for name, array in arrays.items()})
        self.runs += json.loads(Path(f"{output}.json").read_text())["runs"]
        for suffix in (".npz", ".json"):
            os.unlink(f"{output}{suffix}")


#: Those of this process.
now = None


def _carry_out(function, seed, output, given):
    """In another process: a function, and what it runs. It begins with a seed of its own, in whatever process it is."""
    import brian2

    global now
    now = Notes(output, now.steps)
    brian2.seed(seed)
    try:
        return function(given)
    except Enough:
        return None
    finally:
        now.write()


def _call(task):
    function, words, names = task
    return function(*words, **names)


def _send(connection, function, words):
    connection.send(function(*words))


def _one_by_one(_pool, function, words, chunksize):
    """What `Pool.starmap` does, in processes that are sent nothing: networks of Brian's runtime cannot be pickled."""
    results = []
    for each in words:
        ours, its = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=_send, args=(its, function, each))
        process.start()
        its.close()
        results.append(ours.recv())
        process.join()
    return results


def note_processes(is_pickled):
    """Has what `Pool.map` and joblib give to other processes noted. These are forked; there are no more than the machine has cores.

    Args:
        is_pickled: whether functions are pickled for them, as usual; where not, each has a process of its own.
    """
    pool_type = multiprocessing.pool.Pool
    begin, several = pool_type.__init__, pool_type.starmap if is_pickled else _one_by_one
    given_out = 0

    def __init__(pool, processes=None, *words, **names):
        begin(pool, min(processes or os.cpu_count(), os.cpu_count()), *words, **names)

    def map_and_note(pool, function, iterable, chunksize=None):
        nonlocal given_out
        tasks, results = list(iterable), []
        for first in range(0, len(tasks), RUNS):
            places = range(given_out, given_out + len(tasks[first : first + RUNS]))
            given_out = places.stop
            outputs = {k: f"{now.output}.{k}" for k in places}
            given = [(function, k, outputs[k], task) for k, task in zip(places, tasks[first:])]
            results += several(pool, _carry_out, given, chunksize=1)
            for k in places:
                now.add(outputs[k], f"task {k + 1}")
            if now.is_enough():
                raise Enough
        return results

    def in_pool(_parallel, tasks):
        with multiprocessing.Pool() as pool:
            return pool.map(_call, tasks)

    pool_type.__init__, pool_type.map = __init__, map_and_note
    try:
        import joblib
    except ImportError:
        return
    joblib.Parallel.__call__ = in_pool
