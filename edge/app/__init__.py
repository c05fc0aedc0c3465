"""The switchboard: the only place that knows every room; starts and stops a store in mirror order."""
