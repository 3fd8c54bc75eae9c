"""Encrypts and decrypts payloads as the workers do (contract/encryption.md)."""

import base64
import os
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12


class RefundCodec(PayloadCodec, WithSerializationContext):
    """Encrypts with the first key and decrypts with any; what is not encrypted is read as it is."""

    def __init__(self, keys: Sequence[tuple[str, bytes]], namespace: str, workflow_id: str = "") -> None:
        self.keys = keys
        self.namespace = namespace
        # Without a workflow it is written for the whole namespace.
        self.owner = f"{namespace}/{workflow_id}"

    @classmethod
    def from_payload_keys(cls, payload_keys: str, namespace: str) -> "RefundCodec":
        """Of `id:base64,id:base64`, as the workers have it in PAYLOAD_KEYS."""
        pairs = (pair.strip().split(":", 1) for pair in payload_keys.split(","))
        return cls([(key_id, base64.b64decode(key)) for key_id, key in pairs], namespace)

    def with_context(self, context: SerializationContext) -> "RefundCodec":
        if isinstance(context, WorkflowSerializationContext):
            return RefundCodec(self.keys, context.namespace, context.workflow_id)
        return self

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        key_id, key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        owner = self.owner.encode()
        data = nonce + AESGCM(key).encrypt(nonce, payload.SerializeToString(), owner)
        return Payload(metadata={"encoding": ENCODING, "key-id": key_id.encode(), "owner": owner}, data=data)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata["key-id"].decode()
        owner = payload.metadata["owner"].decode()
        if owner not in (self.owner, f"{self.namespace}/"):
            raise ValueError("the payload was encrypted for another workflow")
        key = next((key for held, key in self.keys if held == key_id), None)
        if key is None:
            raise ValueError(f"PAYLOAD_KEYS holds no key {key_id}")
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            clear = Payload.FromString(AESGCM(key).decrypt(nonce, sealed, owner.encode()))
        except (InvalidTag, DecodeError):
            raise ValueError(f"the payload is damaged, or {key_id} is another key here") from None
        if clear.metadata.get("encoding") == ENCODING:
            raise ValueError("the payload was encrypted twice")
        return clear
