package dev.heddle.models.convert;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.TorchZipWriter;
import dev.heddle.models.layout.FilePlan;
import dev.heddle.models.layout.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes the files of a source into an empty folder, one after the other; tensors are streamed.
 *
 * @param tensors by name, all that the plan lists
 */
record SourceWriter(
        Path folder, ExportedModel model, Map<String, Restored> tensors, ModelConversion.Listener listener) {

    private static final int BLOCK_BYTES = 1 << 20;

    private static final String NOTE = "heddle";

    /** Each file as it was, from the kept bytes and the tensors between them. */
    void writeWhole(KeptParts kept) throws IOException {
        kept.requireBytes(
                model.plan().files().stream().mapToLong(FilePlan::otherBytes).sum());
        long position = 0;
        for (FilePlan file : model.plan().files()) {
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
        for (FilePlan file : model.plan().files()) {
            Path path = path(file);
            SortedMap<String, TensorData> own = new TreeMap<>();
            file.tensors().keySet().forEach(name -> own.put(name, data(name)));
            switch (file.format()) {
                case INDEX -> new ShardIndexWriter(model.plan(), tensors, notes(tensors)).write(path);
                case SAFETENSORS -> SafetensorsWriter.write(path, own, metadata(file));
                case TORCH -> TorchZipWriter.write(path, own);
            }
            own.forEach((name, data) -> listener.written(name, data.byteCount()));
        }
    }

    /** Readers of Hugging Face refuse a file that does not say for which library it was written. */
    private SortedMap<String, String> metadata(FilePlan file) {
        SortedMap<String, Restored> own = new TreeMap<>(tensors);
        own.keySet().retainAll(file.tensors().keySet());
        SortedMap<String, String> metadata = new TreeMap<>(notes(own));
        metadata.put("format", "pt");
        return metadata;
    }

    /** What readers of the file must know of its numbers; torch's files have no place for it. */
    private Map<String, String> notes(Map<String, Restored> told) {
        List<String> remarks = model.remarks().of(told);
        return remarks.isEmpty()
                ? Map.of()
                : Map.of(NOTE, String.join("; ", remarks) + "; source " + model.provenance());
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
