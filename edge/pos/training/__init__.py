"""Practice that reaches no ledger. See docs/people.md."""
