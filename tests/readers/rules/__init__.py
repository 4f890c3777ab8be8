"""The rules of the W3C feed validator and of the JSON Feed specification that can apply to our documents.

Own code, standard library only. Each module holds one thing; a rule calls `report.error` or `report.warning`.
"""
