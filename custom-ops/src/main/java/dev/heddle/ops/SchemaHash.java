package dev.heddle.ops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Digest of what a kernel depends on: names, order and kinds of inputs, outputs and attributes, not their descriptions. */
final class SchemaHash {

    private static final int DIGITS = 16;

    private SchemaHash() {}

    /** Of {@link CustomOps#all()}; lower-case hexadecimal. */
    static String current() {
        return of(CustomOps.all());
    }

    static String of(List<OpSchema> schemas) {
        StringBuilder text = new StringBuilder();
        for (OpSchema schema : schemas) {
            text.append(schema.domain()).append(' ').append(schema.name()).append(' ');
            text.append(schema.sinceVersion()).append('\n');
            schema.inputs().forEach(input -> text.append("in ").append(described(input)));
            schema.outputs().forEach(output -> text.append("out ").append(described(output)));
            schema.attributes().forEach(attribute -> text.append("attribute ")
                    .append(attribute.name())
                    .append(' ')
                    .append(attribute.type())
                    .append(' ')
                    .append(attribute.presence())
                    .append('\n'));
        }
        return sha256(text.toString().getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    }

    private static String described(OpSchema.Parameter parameter) {
        return parameter.name() + ' ' + parameter.presence() + '\n';
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
