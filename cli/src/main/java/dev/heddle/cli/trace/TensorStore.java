package dev.heddle.cli.trace;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors in a file that goes away when this is closed: more than memory holds. Not thread-safe. */
final class TensorStore implements AutoCloseable {

    private final TemporaryFolder folder;
    private final FileChannel file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(DType dtype, long[] shape, long offset, int bytes) {}

    TensorStore() throws IOException {
        folder = TemporaryFolder.create("heddle-values");
        file = FileChannel.open(
                folder.path().resolve("values"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    void put(String name, HostTensor tensor) throws IOException {
        ByteBuffer bytes = tensor.bytes();
        entries.put(name, new Entry(tensor.dtype(), tensor.shape(), file.position(), bytes.remaining()));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    Set<String> names() {
        return entries.keySet();
    }

    Optional<HostTensor> get(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(entry.bytes());
        while (bytes.hasRemaining()) {
            if (file.read(bytes, entry.offset() + bytes.position()) < 0) {
                throw new EOFException("stored value " + name + " ends early");
            }
        }
        return Optional.of(HostTensor.of(entry.dtype(), bytes.flip(), entry.shape()));
    }

    @Override
    public void close() throws IOException {
        file.close();
        folder.close();
    }
}
