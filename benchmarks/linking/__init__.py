"""How right the links are: each task asks ``kg.linking`` what gold sets made by hand know the answer to."""
