package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import net.razorvine.pickle.Opcodes;

/**
 * Writes what {@code torch.load(file, weights_only=True)} reads as {@code {"model": OrderedDict of tensors}}: the
 * layout of lingua's {@code consolidated.pth}. The same tensors give the same bytes. Tensors are streamed, each with a
 * storage of its own. The file appears under its name only when it is complete.
 */
public final class TorchZipWriter {

    private static final String FOLDER = "archive/";

    private TorchZipWriter() {}

    /**
     * Writes tensors as the state dict of a model.
     *
     * @throws IllegalArgumentException if torch has no storage for an element type
     * @throws IllegalStateException if a tensor writes another number of bytes than its type takes
     */
    public static void write(Path file, SortedMap<String, ? extends TensorData> tensors) throws IOException {
        write(file, tensors, StoredZipWriter.LIMIT_32);
    }

    static void write(Path file, SortedMap<String, ? extends TensorData> tensors, long zipLimit) throws IOException {
        byte[] pickle = pickle(tensors);
        AtomicFile.write(file, channel -> {
            var zip = new StoredZipWriter(channel, zipLimit);
            zip.add(FOLDER + "data.pkl", pickle);
            zip.add(FOLDER + "byteorder", "little".getBytes(StandardCharsets.UTF_8));
            int key = 0;
            for (TensorData tensor : tensors.values()) {
                zip.add(FOLDER + "data/" + key++, tensor.byteCount(), tensor::writeTo);
            }
            zip.add(FOLDER + "version", "3\n".getBytes(StandardCharsets.UTF_8));
            zip.finish();
        });
    }

    private static byte[] pickle(SortedMap<String, ? extends TensorData> tensors) {
        var pickle = new PickleWriter();
        pickle.opcode(Opcodes.EMPTY_DICT).text("model").orderedDict().opcode(Opcodes.MARK);
        int key = 0;
        for (Map.Entry<String, ? extends TensorData> tensor : tensors.entrySet()) {
            pickle.text(tensor.getKey());
            writeTensor(pickle, tensor.getValue().type(), Integer.toString(key++));
        }
        return pickle.opcode(Opcodes.SETITEMS).opcode(Opcodes.SETITEM).finish();
    }

    private static void writeTensor(PickleWriter pickle, TensorType type, String key) {
        long[] lengths = type.shape().lengths();
        pickle.global("torch._utils", "_rebuild_tensor_v2").opcode(Opcodes.MARK);
        pickle.opcode(Opcodes.MARK)
                .text("storage")
                .global("torch", TorchStorageType.of(type.dtype()).className())
                .text(key)
                .text("cpu")
                .number(type.shape().elements())
                .opcode(Opcodes.TUPLE)
                .opcode(Opcodes.BINPERSID);
        pickle.number(0).tuple(lengths).tuple(rowMajor(lengths));
        pickle.opcode(Opcodes.NEWFALSE).orderedDict().opcode(Opcodes.TUPLE).opcode(Opcodes.REDUCE);
    }

    private static long[] rowMajor(long[] lengths) {
        long[] strides = new long[lengths.length];
        long stride = 1;
        for (int axis = lengths.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, lengths[axis]);
        }
        return strides;
    }
}
