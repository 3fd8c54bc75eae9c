"""An order service: starts refunds, tells its own from another's, awaits, approves, and reads failures."""

import asyncio
import dataclasses
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributeKey, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, TimeoutError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from payload_codec import RefundCodec
from request_hash import canonical_json, request_hash

Json = dict[str, Any]

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "localhost:7233")
NAMESPACE = os.environ.get("TEMPORAL_NAMESPACE", "default")
TASK_QUEUE = os.environ.get("REFUND_TASK_QUEUE", "refunds")
CONTRACT = Path(__file__).parents[2] / "contract"
STATUS = SearchAttributeKey.for_keyword("RefundStatus")


async def connect(address: str = ADDRESS) -> Client:
    converter = DataConverter.default
    if payload_keys := os.environ.get("PAYLOAD_KEYS"):
        codec = RefundCodec.from_payload_keys(payload_keys, NAMESPACE)
        converter = dataclasses.replace(converter, payload_codec=codec)
    return await Client.connect(address, namespace=NAMESPACE, data_converter=converter, lazy=True)


async def start(client: Client, request: Json) -> str:
    """Starts a refund once: a second start is told, and never attaches to what somebody else asked for."""
    refund_id = request["refundId"]
    try:
        await client.start_workflow(
            "refundOrder",
            request,
            id=f"refund:{refund_id}",
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            task_timeout=timedelta(seconds=5),
            rpc_timeout=timedelta(seconds=5),
        )
        return "started"
    except WorkflowAlreadyStartedError:
        is_mine = await hash_of(handle_of(client, refund_id)) == request_hash(request)
        return "already started, and it is mine" if is_mine else "already started, and it is another's"


def handle_of(client: Client, refund_id: str) -> WorkflowHandle[Any, Json]:
    return client.get_workflow_handle(f"refund:{refund_id}", result_type=dict)


async def hash_of(refund: WorkflowHandle[Any, Json]) -> str | None:
    """None for a refund that was refused as invalid. Until it is planned, it has none either: ask again."""
    while True:
        state: Json = await refund.query("getRefund", result_type=dict)
        if "requestHash" in state or state["status"] != "planning":
            return state.get("requestHash")
        await asyncio.sleep(0.5)


async def approve(refund: WorkflowHandle[Any, Json], by: str) -> str:
    while True:
        try:
            state: Json = await refund.execute_update(
                "decide", {"decision": "approve", "by": by, "note": "seen"}, result_type=dict
            )
            return f"{state['approval']['decision']} by {state['approval']['by']}"
        except WorkflowUpdateFailedError as error:
            refused = error.cause
            if not isinstance(refused, ApplicationError) or refused.type != "DecisionRefused":
                raise
            if "sendAgain" not in refused.details:
                return refused.message


async def end_of(refund: WorkflowHandle[Any, Json]) -> str:
    try:
        state = await refund.result()
        return ", ".join([state["status"]] + [f"{leg} {at['status']}" for leg, at in state["legs"].items()])
    except WorkflowFailureError as error:
        match error.cause:
            case ApplicationError(type="InvalidRefundRequest") as invalid:
                return f"invalid. {invalid.message}"
            case TerminatedError() | CancelledError() | TimeoutError():
                return f"cut off ({type(error.cause).__name__.removesuffix('Error').lower()}). What moved stays moved: tell the operators"
        raise


async def wait_for_approval(refund: WorkflowHandle[Any, Json]) -> None:
    while (await refund.describe()).typed_search_attributes.get(STATUS) != "awaitingApproval":
        await asyncio.sleep(0.2)


def refund_of(number: int, sale_minor: int = 10_000) -> Json:
    order = os.environ["ORDER"]
    return {
        "refundId": f"rf-{order}-{number}",
        "orderId": f"order-{order}-{number}",
        "currency": "TRY",
        "requestedBy": "order-service",
        "reason": "iade: çürük ürün",
        "loyalty": None,
        "sale": {
            "provider": "paywall",
            "externalReference": f"sale-{order}-{number}",
            "amountMinor": sale_minor,
            "rollbackFee": True,
            "rollbackCashback": True,
        },
        "cash": {"provider": "sipay", "transactionId": f"pay{order}{number}", "amountMinor": 2_550},
    }


def check_vectors() -> int:
    vectors = json.loads((CONTRACT / "request-hash.json").read_text())
    for vector in vectors:
        request = json.loads(vector["json"])
        assert canonical_json(request) == vector["canonical"], vector["name"]
        assert request_hash(request) == vector["sha256"], vector["name"]
    return len(vectors)


async def check_encryption() -> str:
    contract = json.loads((CONTRACT / "encryption.json").read_text())
    namespace, workflow_id = contract["namespace"], contract["workflowId"]
    context = WorkflowSerializationContext(namespace=namespace, workflow_id=workflow_id)
    codec = RefundCodec.from_payload_keys(contract["payloadKeys"], namespace).with_context(context)
    for vector in contract["vectors"]:
        sealed, plain = (ParseDict(vector[part], Payload()) for part in ("payload", "plain"))
        assert await codec.decode([sealed]) == [plain], vector["name"]
        assert await codec.decode(await codec.encode([plain])) == [plain], vector["name"]
    encrypted = [vector for vector in contract["unreadable"] if vector.get("reason") != "ownLabel"]
    for vector in encrypted:
        try:
            await codec.decode([ParseDict(vector["payload"], Payload())])
        except ValueError:
            continue
        raise AssertionError(vector["name"])
    return f"{len(contract['vectors'])} vectors are read, {len(encrypted)} are refused"


async def main() -> None:
    print(f"request hash: {check_vectors()} vectors agree")
    print("encryption:", await check_encryption())
    client = await connect()

    small = refund_of(1)
    refund = handle_of(client, small["refundId"])
    print("1 small:", await start(client, small))
    print("1 small, again:", await start(client, small))
    print("1 small, for 99.00:", await start(client, refund_of(1, sale_minor=9_900)))
    print("1 small:", await end_of(refund))

    large = refund_of(2, sale_minor=60_000)
    refund = handle_of(client, large["refundId"])
    print("2 large:", await start(client, large))
    await wait_for_approval(refund)
    print("2 large, approved by its requester:", await approve(refund, "order-service"))
    print("2 large, approved by ana:", await approve(refund, "ana"))
    print("2 large:", await end_of(refund))

    wrong = {**refund_of(3), "currency": "XYZ"}
    print("3 wrong:", await start(client, wrong))
    print("3 wrong:", await end_of(handle_of(client, wrong["refundId"])))

    # An order service cancels, and never terminates; here it shows what such a run looks like.
    cut = refund_of(4, sale_minor=60_000)
    refund = handle_of(client, cut["refundId"])
    print("4 terminated:", await start(client, cut))
    await refund.terminate("shown in an example")
    print("4 terminated:", await end_of(refund))

    try:
        print("5 server away:", await start(await connect("127.0.0.1:1"), refund_of(5)))
    except (RPCError, RuntimeError) as error:
        # A RuntimeError says that there was no first connection; an RPCError that one was lost, or took too long.
        print("5 server away: it may have been started. Start it again, unchanged:", type(error).__name__)


asyncio.run(main())
# Threads of the SDK's core are still at work, and can crash an interpreter that takes itself apart: a fatal error of
# CPython 3.11 (PyGILState_Release), seen here. A service that runs for long does not need this.
sys.stdout.flush()
os._exit(0)
