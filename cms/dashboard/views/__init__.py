"""The desk's pages. Each view reads, or calls one verb of the outbox; none of them decides."""
