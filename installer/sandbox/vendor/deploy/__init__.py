"""An install, as AWS calls made with the assumed role.

    steps.py   the order, and how long each step usually takes      plan.py      what is made, under which names
    site.py    running one step: events, pace, waiting              failures.py  an AWS error as the vendor reports it
    clients.py the calls, each one counted and stoppable            gate.py      pausing and cancelling

roles.py, network.py, cluster.py, database.py, storage.py and load_balancer.py make the resources. Each looks for its
resource by name and tags first, so that a retry makes nothing twice. upgrade.py changes
them later; deployer.py puts both phases together.
"""
