"""Answering SPARQL queries in worker processes: a query may do anything to a worker and nothing to the server."""
