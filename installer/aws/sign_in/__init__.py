"""Ways of signing in to AWS, one file each; each is a `CredentialProvider` (`installer/aws/clients.py`).

`profile.py` uses what the person's AWS configuration already has.
"""
