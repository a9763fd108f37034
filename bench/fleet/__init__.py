"""The fleet at its largest: imports, pages, scores, sizes. ``python -m bench.fleet [drivers …]``"""
