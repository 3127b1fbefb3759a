"""HTTP beneath the controllers: problems (RFC 9457), limits, paths, documents."""
