"""Many recordings, one table: each file is summarised by itself, by processes here or by the workers of a cluster.

Nothing is imported here, so that a worker process can set its number of threads before numpy is loaded.
"""
