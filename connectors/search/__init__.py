"""What search engines share: raw answers, documents as records, and segments that outlive a delete."""
