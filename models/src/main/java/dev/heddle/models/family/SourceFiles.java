package dev.heddle.models.family;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the files of a source lie. A source is a folder, or the file of weights itself, for a folder that holds more than one checkpoint.
 *
 * <p>Files may be symbolic links to anywhere, as in the cache of Hugging Face.
 *
 * @param folders where configuration and tokenizer are looked for, in this order
 */
public record SourceFiles(Path source, List<Path> folders) {

    private static final String CONFIG = "config.json";
    private static final String CONSOLIDATED = "consolidated";

    public SourceFiles {
        folders = List.copyOf(folders);
    }

    /** The folder and its folder {@code consolidated}; for a file its folder, and if that is {@code consolidated}, the one around it. */
    public static SourceFiles at(Path source) {
        if (Files.isDirectory(source)) {
            return new SourceFiles(source, List.of(source, source.resolve(CONSOLIDATED)));
        }
        Path folder = folderOf(source);
        return new SourceFiles(
                source, folder.endsWith(CONSOLIDATED) ? List.of(folder, folderOf(folder)) : List.of(folder));
    }

    /** The configurations that there are: {@code config.json} in the first folder, {@code params.json} in any. */
    List<Path> configurations() {
        return Stream.concat(
                        Stream.of(folders.get(0).resolve(CONFIG)),
                        folders.stream().map(folder -> folder.resolve(ModelConfig.LINGUA_FILE)))
                .filter(Files::isRegularFile)
                .toList();
    }

    /** What holds the weights that belong to a configuration. */
    Path weights(ModelConfig config) {
        String folder = weightsFolder(config);
        return folder.isEmpty() ? source : source.resolve(folder);
    }

    /** Where from the source's folder these weights lie: nothing, or a path that ends in a slash; only lingua puts them into a folder of their own. */
    public String weightsFolder(ModelConfig config) {
        return config.isLingua() && Files.isDirectory(source.resolve(CONSOLIDATED)) ? CONSOLIDATED + "/" : "";
    }

    /** Path from the source's folder of a file in one of the {@link #folders}, with {@code /}; of a source that is a file, the name alone. */
    public String relative(Path file) {
        return source.resolve(CONSOLIDATED).equals(file.getParent())
                ? CONSOLIDATED + "/" + file.getFileName()
                : file.getFileName().toString();
    }

    /** The names under which {@link #configurations} looks, for messages. */
    String configurationNames() {
        return Files.isDirectory(source)
                ? CONFIG + ", " + ModelConfig.LINGUA_FILE + " or " + CONSOLIDATED + "/" + ModelConfig.LINGUA_FILE
                : CONFIG + " or " + ModelConfig.LINGUA_FILE + " beside it";
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }
}
