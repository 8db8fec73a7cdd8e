"""The SPARQL endpoint beside ``oxigraph serve-read-only``, rdflib-endpoint and Virtuoso, on the same data."""
