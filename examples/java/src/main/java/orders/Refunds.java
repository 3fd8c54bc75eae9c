package orders;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Starts, awaits and approves refunds by their workflow's public names. */
final class Refunds {
  private static final SearchAttributeKey<String> STATUS = SearchAttributeKey.forKeyword("RefundStatus");

  private final WorkflowClient client;
  private final String taskQueue;

  Refunds(WorkflowClient client, String taskQueue) {
    this.client = client;
    this.taskQueue = taskQueue;
  }

  /** Starts a refund once: a second start is told, and never attaches to what somebody else asked for. */
  String start(Map<String, ?> request) throws InterruptedException {
    String refundId = (String) request.get("refundId");
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId("refund:" + refundId)
            .setTaskQueue(taskQueue)
            .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
            .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
            .setWorkflowTaskTimeout(Duration.ofSeconds(5))
            .build();
    try {
      client.newUntypedWorkflowStub("refundOrder", options).start(request);
      return "started";
    } catch (WorkflowExecutionAlreadyStarted already) {
      boolean isMine = RequestHash.of(request).equals(hashOf(refundId));
      return isMine ? "already started, and it is mine" : "already started, and it is another's";
    }
  }

  /** Null for a refund that was refused as invalid. Until it is planned, it has none either: ask again. */
  private Object hashOf(String refundId) throws InterruptedException {
    while (true) {
      Map<?, ?> state = refund(refundId).query("getRefund", Map.class);
      if (state.containsKey("requestHash") || !"planning".equals(state.get("status"))) {
        return state.get("requestHash");
      }
      Thread.sleep(500);
    }
  }

  String approve(String refundId, String by) {
    Map<String, String> decision = Map.of("decision", "approve", "by", by, "note", "seen");
    while (true) {
      try {
        Map<?, ?> state = refund(refundId).update("decide", Map.class, decision);
        Map<?, ?> approval = (Map<?, ?>) state.get("approval");
        return approval.get("decision") + " by " + approval.get("by");
      } catch (WorkflowUpdateException failed) {
        if (!(failed.getCause() instanceof ApplicationFailure refused)
            || !"DecisionRefused".equals(refused.getType())) throw failed;
        boolean sendAgain =
            refused.getDetails().getSize() > 0
                && "sendAgain".equals(refused.getDetails().get(0, String.class));
        if (!sendAgain) return refused.getOriginalMessage();
      }
    }
  }

  /** Waits, for days if need be. */
  String endOf(String refundId) {
    try {
      Map<?, ?> state = refund(refundId).getResult(Map.class);
      StringBuilder ended = new StringBuilder().append(state.get("status"));
      ((Map<?, ?>) state.get("legs"))
          .forEach((leg, at) -> ended.append(", " + leg + " " + ((Map<?, ?>) at).get("status")));
      return ended.toString();
    } catch (WorkflowFailedException failed) {
      if (failed.getCause() instanceof ApplicationFailure invalid
          && "InvalidRefundRequest".equals(invalid.getType())) {
        return "invalid. " + invalid.getOriginalMessage();
      }
      if (failed.getCause() instanceof TerminatedFailure) return cutOff("terminated");
      if (failed.getCause() instanceof CanceledFailure) return cutOff("cancelled");
      if (failed.getCause() instanceof TimeoutFailure) return cutOff("timed out");
      throw failed;
    }
  }

  private static String cutOff(String how) {
    return "cut off (" + how + "). What moved stays moved: tell the operators";
  }

  void awaitApproval(String refundId) throws InterruptedException {
    while (!"awaitingApproval".equals(refund(refundId).describe().getTypedSearchAttributes().get(STATUS))) {
      Thread.sleep(200);
    }
  }

  WorkflowStub refund(String refundId) {
    WorkflowExecution execution =
        WorkflowExecution.newBuilder().setWorkflowId("refund:" + refundId).build();
    return client.newUntypedWorkflowStub(execution, Optional.of("refundOrder"));
  }
}
