package orders;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An order service: starts refunds, tells its own from another's, awaits, approves, and reads failures. */
public final class OrderService {
  private static final String ORDER = env("ORDER", "example");
  private static final int SMALL_MINOR = 10_000;
  private static final int LARGE_MINOR = 60_000;

  private OrderService() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("request hash: " + checkVectors() + " vectors agree");
    WorkflowServiceStubs service = connect(env("TEMPORAL_ADDRESS", "127.0.0.1:7233"));
    Refunds refunds = refundsOver(service);

    Map<String, Object> small = refundOf(1, SMALL_MINOR);
    out.println("1 small: " + refunds.start(small));
    out.println("1 small, again: " + refunds.start(small));
    out.println("1 small, for 99.00: " + refunds.start(refundOf(1, 9_900)));
    out.println("1 small: " + refunds.endOf(idOf(small)));

    Map<String, Object> large = refundOf(2, LARGE_MINOR);
    out.println("2 large: " + refunds.start(large));
    refunds.awaitApproval(idOf(large));
    out.println("2 large, approved by its requester: " + refunds.approve(idOf(large), "order-service"));
    out.println("2 large, approved by ana: " + refunds.approve(idOf(large), "ana"));
    out.println("2 large: " + refunds.endOf(idOf(large)));

    Map<String, Object> wrong = refundOf(3, SMALL_MINOR);
    wrong.put("currency", "XYZ");
    out.println("3 wrong: " + refunds.start(wrong));
    out.println("3 wrong: " + refunds.endOf(idOf(wrong)));

    // An order service cancels, and never terminates; here it shows what such a run looks like.
    Map<String, Object> cut = refundOf(4, LARGE_MINOR);
    out.println("4 terminated: " + refunds.start(cut));
    refunds.refund(idOf(cut)).terminate("shown in an example");
    out.println("4 terminated: " + refunds.endOf(idOf(cut)));

    WorkflowServiceStubs nobody = connect("127.0.0.1:1");
    try {
      out.println("5 server away: " + refundsOver(nobody).start(refundOf(5, SMALL_MINOR)));
    } catch (WorkflowServiceException error) {
      out.println("5 server away: it may have been started. Start it again, unchanged: "
          + error.getCause().getMessage());
    }
    service.shutdownNow();
    nobody.shutdownNow();
  }

  private static WorkflowServiceStubs connect(String address) {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder()
            .setTarget(address)
            .setRpcRetryOptions(
                RpcRetryOptions.newBuilder()
                    .setExpiration(Duration.ofSeconds(5))
                    .validateBuildWithDefaults())
            .build());
  }

  private static Refunds refundsOver(WorkflowServiceStubs service) {
    WorkflowClientOptions options =
        WorkflowClientOptions.newBuilder().setNamespace(env("TEMPORAL_NAMESPACE", "default")).build();
    return new Refunds(
        WorkflowClient.newInstance(service, options), env("REFUND_TASK_QUEUE", "refunds"));
  }

  private static Map<String, Object> refundOf(int number, int saleMinor) {
    Map<String, Object> request = new HashMap<>();
    request.put("refundId", "rf-" + ORDER + "-" + number);
    request.put("orderId", "order-" + ORDER + "-" + number);
    request.put("currency", "TRY");
    request.put("requestedBy", "order-service");
    request.put("reason", "iade: çürük ürün");
    request.put("loyalty", null);
    request.put("sale", Map.of(
        "provider", "paywall",
        "externalReference", "sale-" + ORDER + "-" + number,
        "amountMinor", saleMinor,
        "rollbackFee", true,
        "rollbackCashback", true));
    request.put("cash", Map.of(
        "provider", "sipay", "transactionId", "pay" + ORDER + number, "amountMinor", 2_550));
    return request;
  }

  private static String idOf(Map<String, ?> request) {
    return (String) request.get("refundId");
  }

  private static int checkVectors() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<Map<String, String>> vectors =
        json.readValue(Path.of("../../contract/request-hash.json").toFile(), new TypeReference<>() {});
    for (Map<String, String> vector : vectors) {
      Map<String, Object> request = json.readValue(vector.get("json"), new TypeReference<>() {});
      if (!RequestHash.canonicalJson(request).equals(vector.get("canonical"))
          || !RequestHash.of(request).equals(vector.get("sha256"))) {
        throw new IllegalStateException(vector.get("name"));
      }
    }
    return vectors.size();
  }

  private static String env(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
