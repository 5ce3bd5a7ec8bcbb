"""Run one function over partitions. An engine knows no store: picklable tasks in, Arrow batches out.

Every engine has the one signature ``run(function, tasks, *, workers)``; the order of batches is not promised.
"""
