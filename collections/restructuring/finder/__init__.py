"""Finding the plans that a borrower can pay and that cost the lender least: an exact search over instruments and policy steps."""
