"""The project while a service runs: file watcher, debounce, snapshots, cached answers."""
