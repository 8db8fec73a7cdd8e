"""The explore mix of the Berlin SPARQL Benchmark (BSBM) beside other servers, on the same data in one run."""
