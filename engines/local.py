"""Partitions in processes of this machine. Results are streamed: a worker waits until its batch was taken."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import pyarrow as pa

Task = TypeVar("Task")
_DONE = b""


class WorkerDied(RuntimeError):
    """A worker process ended without an answer: killed, or out of memory."""


def run(
    function: Callable[[Task], Iterator[pa.RecordBatch]], tasks: Iterable[Task], *, workers: int
) -> Iterator[pa.RecordBatch]:
    """The batches of ``function`` over all ``tasks``, on ``workers`` processes; in this one if there is one.

    An exception of ``function`` is raised here and ends the run. Raises WorkerDied if a process is lost.
    """
    if workers <= 1:
        for task in tasks:
            yield from function(task)
        return
    with _crew(function, workers) as crew:
        yield from _shared_out(iter(tasks), crew)


def pack(batch: pa.RecordBatch) -> bytes:
    """A batch as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


def unpack(raw: bytes) -> pa.RecordBatch:
    """The batch that :func:`pack` packed."""
    with pa.ipc.open_stream(raw) as reader:
        return reader.read_next_batch()


def _shared_out(tasks: Iterator[Any], crew: list[Connection]) -> Iterator[pa.RecordBatch]:
    busy = [one for one in crew if _give(one, tasks)]
    while busy:
        for one in wait(busy):
            assert isinstance(one, Connection)
            answer = _answer(one)
            if isinstance(answer, BaseException):
                raise answer
            if answer != _DONE:
                yield unpack(answer)
            elif not _give(one, tasks):
                busy.remove(one)


def _give(worker: Connection, tasks: Iterator[Any]) -> bool:
    """Hand the next task to a worker; False when there is none."""
    for task in tasks:
        try:
            worker.send(task)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise WorkerDied("a worker process ended without an answer") from error
        return True
    return False


def _answer(worker: Connection) -> Any:
    try:
        return worker.recv()
    except (EOFError, ConnectionResetError) as error:
        raise WorkerDied("a worker process ended without an answer") from error


@contextmanager
def _crew(function: Callable[[Any], Iterator[pa.RecordBatch]], size: int) -> Iterator[list[Connection]]:
    # Spawned, not forked: Arrow and the database drivers run threads, which do not survive a fork.
    context = multiprocessing.get_context("spawn")
    processes: list[BaseProcess] = []
    ends: list[Connection] = []
    try:
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(function, theirs), daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            ends.append(ours)
        yield ends
    finally:
        _dismiss(processes, ends)


def _dismiss(processes: list[BaseProcess], ends: list[Connection]) -> None:
    for end in ends:
        end.close()
    for process in processes:
        process.terminate()
        process.join()
        process.close()


def _serve(function: Callable[[Any], Iterator[pa.RecordBatch]], driver: Connection) -> None:
    # Ctrl-C reaches the whole process group; only the driver decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = driver.recv()
        except EOFError:
            return
        try:
            for batch in function(task):
                driver.send(pack(batch))
            driver.send(_DONE)
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the driver raises it
            driver.send(_portable(error))


def _portable(error: Exception) -> Exception:
    """The error, if it can be pickled and back; else its name only, for its text may hold a value."""
    try:
        pickle.loads(pickle.dumps(error))
    except (TypeError, AttributeError, pickle.PicklingError):
        return RuntimeError(f"a worker raised {type(error).__name__}")
    return error
