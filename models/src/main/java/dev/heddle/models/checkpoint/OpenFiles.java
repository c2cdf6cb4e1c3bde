package dev.heddle.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that one checkpoint holds open; closed together. Filled by one thread before the checkpoint is handed out.
 */
final class OpenFiles implements AutoCloseable {

    private final List<MappedFile> files = new ArrayList<>();

    MappedFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        files.add(file);
        if (file.size() == 0) {
            throw new ModelFormatException(file.name() + ": expected content, the file is empty; download it again");
        }
        return file;
    }

    @Override
    public void close() {
        files.forEach(MappedFile::close);
    }
}
