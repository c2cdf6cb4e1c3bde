package dev.heddle.models.convert;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.TorchZipWriter;
import dev.heddle.models.layout.FilePlan;
import dev.heddle.models.layout.Piece;
import dev.heddle.models.layout.SourcePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes the files of a source into an empty folder, one after the other; tensors are streamed.
 *
 * @param tensors by name, all that the plan lists
 */
record SourceWriter(Path folder, SourcePlan plan, Map<String, Restored> tensors, ModelConversion.Listener listener) {

    private static final int BLOCK_BYTES = 1 << 20;

    /** Readers of Hugging Face refuse a file that does not say for which library it was written. */
    private static final Map<String, String> METADATA = Map.of("format", "pt");

    /** Each file as it was, from the kept bytes and the tensors between them. */
    void writeWhole(KeptParts kept) throws IOException {
        kept.requireBytes(plan.files().stream().mapToLong(FilePlan::otherBytes).sum());
        long position = 0;
        for (FilePlan file : plan.files()) {
            Path path = path(file);
            try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                write(file, kept, position, out);
            } catch (IOException e) {
                throw UnwritableFileException.of(path, e);
            }
            position += file.otherBytes();
        }
    }

    private void write(FilePlan file, KeptParts kept, long keptFrom, FileChannel out) throws IOException {
        long position = keptFrom;
        for (Piece piece : file.pieces()) {
            if (piece instanceof Piece.Bytes bytes) {
                copy(kept, position, bytes.count(), out);
                position += bytes.count();
            } else if (piece instanceof Piece.Elements elements) {
                TensorData data = data(elements.tensor());
                data.writeTo(out);
                listener.written(elements.tensor(), data.byteCount());
            }
        }
    }

    private static void copy(KeptParts kept, long from, long count, FileChannel out) throws IOException {
        for (long done = 0; done < count; done += BLOCK_BYTES) {
            ByteBuffer buffer = kept.bytes(from + done, (int) Math.min(BLOCK_BYTES, count - done));
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }

    /** Files of the same names and formats with the same tensors in them. */
    void writeAnew() throws IOException {
        for (FilePlan file : plan.files()) {
            Path path = path(file);
            SortedMap<String, TensorData> own = new TreeMap<>();
            file.tensors().keySet().forEach(name -> own.put(name, data(name)));
            switch (file.format()) {
                case INDEX -> new ShardIndexWriter(plan, tensors).write(path);
                case SAFETENSORS -> SafetensorsWriter.write(path, own, new TreeMap<>(METADATA));
                case TORCH -> TorchZipWriter.write(path, own);
            }
            own.forEach((name, data) -> listener.written(name, data.byteCount()));
        }
    }

    private TensorData data(String tensor) {
        return Objects.requireNonNull(tensors.get(tensor), tensor).data();
    }

    private Path path(FilePlan file) throws IOException {
        Path path = folder.resolve(file.path());
        Files.createDirectories(path.resolveSibling(""));
        return path;
    }
}
