package dev.heddle.cli;

import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.runtime.session.HostTensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Arrays that NumPy saved: one in a {@code .npy} file, several in an {@code .npz} file. The files are taken as hostile: nothing is allocated for what is not there. */
final class NpyFile {

    private static final String ARRAY = ".npy";
    private static final String ARCHIVE = ".npz";
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int PIECE = 1 << 16;

    private NpyFile() {}

    static boolean recognises(Path file) {
        return file.toString().endsWith(ARRAY) || file.toString().endsWith(ARCHIVE);
    }

    /** Names of the arrays; a single one is called as its file. */
    static SortedSet<String> names(Path file) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        if (!file.toString().endsWith(ARCHIVE)) {
            Files.size(file);
            names.add(withoutSuffix(file.getFileName().toString()));
            return names;
        }
        try (ZipFile zip = open(file)) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                String name = entries.nextElement().getName();
                if (name.endsWith(ARRAY)) {
                    names.add(withoutSuffix(name));
                }
            }
        }
        return names;
    }

    /**
     * @param name one of {@link #names}
     * @throws ModelFormatException if the array is damaged or of a kind that Heddle does not read
     */
    static HostTensor read(Path file, String name) throws IOException {
        try {
            if (!file.toString().endsWith(ARCHIVE)) {
                try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                    return array(in);
                }
            }
            try (ZipFile zip = open(file);
                    InputStream in = zip.getInputStream(zip.getEntry(name + ARRAY))) {
                return array(in);
            }
        } catch (IllegalArgumentException | ZipException e) {
            throw new ModelFormatException(file + ": array " + name + ": " + e.getMessage());
        }
    }

    private static ZipFile open(Path file) throws IOException {
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new ModelFormatException(file + ": expected a zip as numpy.savez writes it, got " + e.getMessage());
        }
    }

    private static String withoutSuffix(String name) {
        return name.substring(0, name.length() - ARRAY.length());
    }

    private static HostTensor array(InputStream in) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
            throw new IllegalArgumentException("expected an array as numpy.save writes it, got something else");
        }
        int width = start[MAGIC.length] == 1 ? Short.BYTES : Integer.BYTES;
        byte[] lengthBytes = in.readNBytes(width);
        ByteBuffer number =
                ByteBuffer.wrap(Arrays.copyOf(lengthBytes, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        long length = Integer.toUnsignedLong(number.getInt());
        if (length > LONGEST_HEADER) {
            throw new IllegalArgumentException(
                    "expected a header of at most " + LONGEST_HEADER + " bytes, got " + length);
        }
        NpyHeader header = NpyHeader.parse(new String(in.readNBytes((int) length), StandardCharsets.ISO_8859_1));
        HostTensor tensor = values(in, header);
        return header.isColumnMajor() && tensor.rank() > 1 ? rowMajor(tensor, header) : tensor;
    }

    /** Grows with what comes, so that a header that lies costs nothing. */
    private static HostTensor values(InputStream in, NpyHeader header) throws IOException {
        int expected = HostTensor.byteCount(header.dtype(), header.shape());
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.min(expected, PIECE));
        byte[] piece = new byte[PIECE];
        int read = in.read(piece);
        while (read >= 0 && bytes.position() + (long) read <= expected) {
            if (bytes.remaining() < read) {
                long doubled = Math.max(2L * bytes.capacity(), bytes.position() + (long) read);
                bytes = ByteBuffer.allocateDirect((int) Math.min(expected, doubled))
                        .put(bytes.flip());
            }
            bytes.put(piece, 0, read);
            read = in.read(piece);
        }
        if (read >= 0 || bytes.position() < expected) {
            throw new IllegalArgumentException("%s %s needs %d bytes, the file has %s"
                    .formatted(
                            header.dtype(),
                            Arrays.toString(header.shape()),
                            expected,
                            read >= 0 ? "more" : bytes.position()));
        }
        return HostTensor.of(header.dtype(), bytes.flip(), header.shape());
    }

    private static HostTensor rowMajor(HostTensor stored, NpyHeader header) {
        HostTensor tensor = HostTensor.zeros(stored.dtype(), stored.shape());
        int width = stored.dtype().bytes();
        int rank = stored.rank();
        long[] place = new long[rank];
        for (int i = 0; i < stored.elementCount(); i++) {
            int rest = i;
            for (int axis = rank - 1; axis >= 0; axis--) {
                place[axis] = rest % stored.dim(axis);
                rest /= (int) stored.dim(axis);
            }
            long from = 0;
            for (int axis = rank - 1; axis >= 0; axis--) {
                from = from * header.shape()[axis] + place[axis];
            }
            tensor.bytes().put(i * width, stored.bytes(), (int) from * width, width);
        }
        return tensor;
    }
}
