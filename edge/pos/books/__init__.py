"""The days' books, folded from the journal: what reports and exports are made of (all pure but `read`)."""
