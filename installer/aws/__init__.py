"""The only package that imports boto3 and botocore: one AWS topic a file.

`clients.py` makes every call; `failures.py` turns what AWS says into `installer.errors`.
"""
