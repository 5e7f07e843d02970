"""The reference vendor: a small control plane that really assumes the role and really deploys, through AWS calls.

It implements docs/vendor-protocol.md and imports nothing from the engine, so that a mistake there cannot confirm
itself here. Endpoint and credentials come from the standard AWS configuration: against AWS itself it is the same code.

    invitations.py   what the customer receives          tokens.py        who is calling
    integrations.py  proving the role                    installs.py      installing, pausing, upgrading
    deploy/          the AWS calls of an install         product.py       what was installed, seen from inside
    app.py           the HTTP surface                    services.py      how all of it is put together
"""
