package dev.heddle.models.export;

import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 of a checkpoint's contents: over name, element type, shape and SHA-256 of the bytes of each tensor in name order. The same for every way of storing the
 * same tensors (one file, shards, safetensors, torch).
 */
final class SourceDigest {

    private static final int BLOCK_ELEMENTS = 1 << 20;

    private SourceDigest() {}

    static String of(Checkpoint checkpoint) {
        List<StoredTensor> tensors = List.copyOf(checkpoint.tensors().values());
        List<String> lines = tensors.parallelStream().map(SourceDigest::line).toList();
        MessageDigest digest = sha256();
        lines.forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String line(StoredTensor tensor) {
        MessageDigest digest = sha256();
        long elements = tensor.shape().elements();
        for (long first = 0; first < elements; first += BLOCK_ELEMENTS) {
            ByteBuffer block = tensor.read(first, (int) Math.min(BLOCK_ELEMENTS, elements - first));
            digest.update(block);
        }
        return tensor.name() + " " + tensor.dtype().onnxName() + tensor.shape() + " "
                + HexFormat.of().formatHex(digest.digest()) + "\n";
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
