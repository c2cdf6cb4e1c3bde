package dev.heddle.cli;

import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.Provider;
import dev.heddle.runtime.session.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the user says of a side: a name, and perhaps how it is to be computed, as in {@code out/mta@portable,inlined}.
 *
 * @param name a path, or {@code preset:NAME}
 */
record SideName(String name, Set<Word> words) {

    /** Ways of computing a model. */
    enum Word {
        /** Node by node, without ONNX Runtime. */
        FLOAT64,
        /** With the functions expanded. */
        INLINED,
        AUTO,
        NATIVE,
        PORTABLE,
        CPU,
        CUDA;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<Set<Word>> EXCLUSIVE = List.of(
            EnumSet.of(Word.FLOAT64, Word.AUTO, Word.NATIVE, Word.PORTABLE),
            EnumSet.of(Word.FLOAT64, Word.CPU, Word.CUDA),
            EnumSet.of(Word.FLOAT64, Word.INLINED));

    SideName {
        words = Set.copyOf(words);
    }

    /**
     * A file of the whole text as its name goes before words.
     *
     * @throws IllegalArgumentException if a word is not known or two of them exclude each other
     */
    static SideName of(String text) {
        int at = text.lastIndexOf('@');
        boolean plain = at < 0 || text.indexOf('/', at) >= 0 || Files.exists(Path.of(text));
        if (plain) {
            return new SideName(text, Set.of());
        }
        Set<Word> words = EnumSet.noneOf(Word.class);
        for (String word : text.substring(at + 1).split(",", -1)) {
            words.add(word(text, word));
        }
        for (Set<Word> group : EXCLUSIVE) {
            List<Word> clash = words.stream().filter(group::contains).sorted().toList();
            if (clash.size() > 1) {
                throw new IllegalArgumentException(
                        text + ": expected " + clash.get(0) + " or " + clash.get(1) + ", got both");
            }
        }
        return new SideName(text.substring(0, at), words);
    }

    private static Word word(String text, String word) {
        return Arrays.stream(Word.values())
                .filter(known -> known.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text + ": expected after @ some of "
                        + Arrays.stream(Word.values()).map(Word::toString).collect(Collectors.joining(", ")) + ", got '"
                        + word + "'"));
    }

    boolean has(Word word) {
        return words.contains(word);
    }

    Path path() {
        return Path.of(name);
    }

    boolean isPreset() {
        return PresetOptions.isPreset(name);
    }

    /** A file of tensors. */
    boolean isStored() {
        return !isPreset() && (name.endsWith(".safetensors") || name.endsWith(".npz") || name.endsWith(".npy"));
    }

    /** An exported model: its folder or its file. */
    boolean isModel() {
        return !isPreset() && (name.endsWith(".onnx") || Files.isRegularFile(path().resolve("model.onnx")));
    }

    /** @throws IllegalArgumentException if there is nothing of this name */
    void requireFound() {
        if (!isPreset() && !Files.exists(path())) {
            throw new IllegalArgumentException(name + ": expected a checkpoint, a model, or stored tensors"
                    + " (.safetensors, .npz, .npy), found nothing of this name");
        }
    }

    /**
     * Words say how a model is run; nothing else takes them.
     *
     * @throws IllegalArgumentException if this is no model and has words
     */
    void checkWords() {
        if (!words.isEmpty() && !isModel()) {
            throw new IllegalArgumentException(this + ": expected an exported model before the @, "
                    + (isStored() ? "got stored tensors" : "got a checkpoint or nothing"));
        }
    }

    /** These options, with what the side says of itself. */
    SessionOptions session(SessionOptions usual) {
        return SessionOptions.builder()
                .deviceId(usual.deviceId())
                .intraOpThreads(usual.intraOpThreads())
                .optimization(usual.optimization())
                .opsLibrary(usual.opsLibrary())
                .ops(chosen(OpsMode.class).orElse(usual.ops()))
                .provider(chosen(Provider.class).orElse(usual.provider()))
                .build();
    }

    private <E extends Enum<E>> Optional<E> chosen(Class<E> kind) {
        return Arrays.stream(kind.getEnumConstants())
                .filter(option -> words.stream().anyMatch(word -> word.name().equals(option.name())))
                .findFirst();
    }

    @Override
    public String toString() {
        return words.isEmpty()
                ? name
                : name + "@" + words.stream().sorted().map(Word::toString).collect(Collectors.joining(","));
    }
}
