"""How the window writes numbers: an account's in groups, a count with the word for what is counted."""


def grouped(account_id: str) -> str:
    """The number of an AWS account in groups of four, as people read it out."""
    return " ".join(account_id[at : at + 4] for at in range(0, len(account_id), 4))


def counted(number: int, thing: str) -> str:
    """`1 region`, `2,000 regions`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
