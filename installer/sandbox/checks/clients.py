"""Clients: AWS as one identity, whatever AWS settings this process has; and plain HTTP on this computer."""

from __future__ import annotations

import configparser
import ssl
from collections.abc import Mapping
from typing import Any

import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from installer.sandbox.info import SandboxInfo
from installer.sandbox.seed import Keys, session_without_settings

HOME_REGION = "us-east-1"
DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""How the services say that a policy refused the call. Expired or unknown credentials are something else."""

_HTTP_SECONDS = 30.0
_CONFIG = Config(proxies={}, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)


class Clients:
    """`clients("ec2", region)` is a client, made once."""

    def __init__(self, endpoint_url: str, keys: Keys) -> None:
        self._endpoint_url = endpoint_url
        self.keys = keys
        self._made: dict[tuple[str, str], Any] = {}

    @classmethod
    def of_profile(cls, info: SandboxInfo, profile: str) -> Clients:
        file = configparser.RawConfigParser()
        file.read(info.aws_shared_credentials_file)
        keys = file[profile]
        return cls(
            info.endpoint_url,
            Keys(keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token", "")),
        )

    @classmethod
    def of_credentials(cls, info: SandboxInfo, issued: Mapping[str, Any]) -> Clients:
        """As the holder of the `Credentials` of an AssumeRole reply."""
        return cls(info.endpoint_url, Keys(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"]))

    def __call__(self, service: str, region: str = HOME_REGION) -> Any:
        """Untyped on purpose: a dozen services are read here."""
        if (service, region) not in self._made:
            self._made[service, region] = session_without_settings().create_client(
                service,
                region,
                endpoint_url=self._endpoint_url,
                aws_access_key_id=self.keys.access_key_id,
                aws_secret_access_key=self.keys.secret_access_key,
                aws_session_token=self.keys.session_token or None,
                config=_CONFIG,
            )
        return self._made[service, region]

    def pages(self, service: str, operation: str, key: str, region: str = HOME_REGION, **parameters: Any) -> list[Any]:
        """All items under `key` of a call that answers in pages."""
        pages = self(service, region).get_paginator(operation).paginate(**parameters)
        return [item for page in pages for item in page.get(key, [])]


def local_http(base_url: str = "") -> httpx.Client:
    """For http on this computer: no proxies, and no certificates, which would take longer to load than the answer."""
    return httpx.Client(
        base_url=base_url,
        timeout=_HTTP_SECONDS,
        trust_env=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


def code_of(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
