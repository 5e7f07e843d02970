"""The report on one installation: what is given to whom, within which limits, and how that is known.

`model.py` is what a report holds, `review.py` makes one from the answers of a journey, `html.py` and `json.py` write it
down, `saving.py` puts it into a file. The window makes a PDF of the HTML in `ui/printing.py`.
"""
