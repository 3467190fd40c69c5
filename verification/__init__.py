"""Programs that search for what breaks the application: a model checker, a fuzzer, a killer of processes."""
