"""The SPARQL endpoint beside ``oxigraph serve-read-only`` and rdflib-endpoint, on the same data, with the same mix."""
