package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that one checkpoint holds open; closed together. Filled by one thread before the checkpoint is handed out.
 */
final class OpenFiles implements AutoCloseable {

    private static final byte[] LFS_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private final List<MappedFile> files = new ArrayList<>();

    MappedFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        files.add(file);
        if (file.size() == 0) {
            throw new ModelFormatException(file.name() + ": expected content, the file is empty; download it again");
        }
        if (isLfsPointer(file)) {
            throw new ModelFormatException(
                    file.name() + ": expected weights, got a pointer of Git LFS; run git lfs pull");
        }
        return file;
    }

    /** In the order in which they were opened. */
    List<MappedFile> all() {
        return List.copyOf(files);
    }

    /** What a clone without LFS has in place of a large file. */
    private static boolean isLfsPointer(MappedFile file) {
        return file.size() >= LFS_POINTER.length
                && file.read(0, LFS_POINTER.length).equals(ByteBuffer.wrap(LFS_POINTER));
    }

    @Override
    public void close() {
        files.forEach(MappedFile::close);
    }
}
