"""Networks that read text and go on with it: tokens in, the next token out."""
