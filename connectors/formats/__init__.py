"""File formats: sniff by content, read in batches, rewrite without touching what is not named."""
