"""Ingest and publish beside morph-kgc and the chain of rdflib, pyshacl and oxigraph, on the same records."""
