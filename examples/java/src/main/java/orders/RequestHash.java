package orders;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The hash by which an order service tells its own refund from another (contract/README.md). */
final class RequestHash {
  private RequestHash() {}

  static String of(Map<String, ?> request) {
    try {
      byte[] canonical = canonicalJson(request).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** RFC 8785 without fields that are null; a request holds texts, whole numbers, booleans and objects. */
  static String canonicalJson(Object value) {
    StringBuilder out = new StringBuilder();
    write(out, value);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value) {
    if (value instanceof Map<?, ?> fields) {
      writeObject(out, fields);
    } else if (value instanceof String text) {
      writeText(out, text);
    } else if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      out.append(value);
    } else {
      throw new IllegalArgumentException("no request holds a " + value.getClass().getSimpleName());
    }
  }

  private static void writeObject(StringBuilder out, Map<?, ?> fields) {
    // Java compares strings by their UTF-16 code units, as the canonical form wants.
    Map<String, Object> sorted = new TreeMap<>();
    fields.forEach((name, value) -> {
      if (value != null) sorted.put((String) name, value);
    });
    String separator = "{";
    for (Map.Entry<String, Object> field : sorted.entrySet()) {
      out.append(separator);
      writeText(out, field.getKey());
      write(out.append(':'), field.getValue());
      separator = ",";
    }
    out.append(sorted.isEmpty() ? "{}" : "}");
  }

  private static void writeText(StringBuilder out, String text) {
    out.append('"');
    for (char unit : text.toCharArray()) {
      switch (unit) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> out.append(unit < 0x20 ? String.format("\\u%04x", (int) unit) : String.valueOf(unit));
      }
    }
    out.append('"');
  }
}
