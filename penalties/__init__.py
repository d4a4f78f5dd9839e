"""Points, tiers, fines, the ledger, appeals and the bonus run will live here."""
