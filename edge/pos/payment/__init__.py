"""Money that is not cash: a basket's ledger of tenders, terminals, vouchers. See docs/payments.md."""
