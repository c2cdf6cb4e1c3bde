package dev.heddle.runtime.text;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes tokenizer files of a few tokens, one for each format. */
public final class TokenizerFixtures {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private TokenizerFixtures() {}

    /**
     * A byte-level {@code tokenizer.json}: begin of text 0, end of text 1, "hi" 5, " hi" 6, and the two bytes of "é"
     * 7 and 8.
     */
    public static Path writeHuggingFace(Path folder) {
        return write(folder.resolve("tokenizer.json"), """
                {
                  "version": "1.0",
                  "truncation": null,
                  "padding": null,
                  "added_tokens": [
                    {"id": 0, "content": "<s>", "special": true, "single_word": false, "lstrip": false,
                     "rstrip": false, "normalized": false},
                    {"id": 1, "content": "</s>", "special": true, "single_word": false, "lstrip": false,
                     "rstrip": false, "normalized": false}
                  ],
                  "normalizer": null,
                  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                                    "use_regex": true},
                  "post_processor": {
                    "type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}
                  },
                  "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                  "model": {
                    "type": "BPE",
                    "dropout": null,
                    "unk_token": null,
                    "continuing_subword_prefix": null,
                    "end_of_word_suffix": null,
                    "fuse_unk": false,
                    "byte_fallback": false,
                    "vocab": {"<s>": 0, "</s>": 1, "h": 2, "i": 3, "\\u0120": 4, "hi": 5, "\\u0120hi": 6, "\\u00c3": 7,
                              "\\u00a9": 8},
                    "merges": ["h i", "\\u0120 hi"]
                  }
                }
                """);
    }

    /** A tiktoken {@code tokenizer.model}: the 256 bytes, then these tokens; begin of text follows the last one. */
    public static Path writeTiktoken(Path folder, String... tokens) {
        Stream<byte[]> bytes = IntStream.range(0, 256).mapToObj(value -> new byte[] {(byte) value});
        Stream<byte[]> words = Stream.of(tokens).map(token -> token.getBytes(StandardCharsets.UTF_8));
        List<String> all = Stream.concat(bytes, words)
                .map(token -> Base64.getEncoder().encodeToString(token))
                .toList();
        return write(
                folder.resolve("tokenizer.model"),
                IntStream.range(0, all.size())
                        .mapToObj(rank -> all.get(rank) + " " + rank + "\n")
                        .collect(Collectors.joining()));
    }

    /**
     * A SentencePiece {@code tokenizer.model} with byte pieces: unknown 0, begin of text 1, end of text 2, byte b at
     * 3 + b, then "▁" 259, "h" 260, "i" 261, "hi" 262, "▁hi" 263.
     */
    public static Path writeSentencePiece(Path folder) {
        var out = new ByteArrayOutputStream();
        CodedOutputStream model = CodedOutputStream.newInstance(out);
        try {
            piece(model, "<unk>", 0, UNKNOWN);
            piece(model, "<s>", 0, CONTROL);
            piece(model, "</s>", 0, CONTROL);
            for (int value = 0; value < 256; value++) {
                piece(model, "<0x%02X>".formatted(value), 0, BYTE);
            }
            // Scores are merge ranks, negated: "h" + "i" first, then "▁" + "hi".
            piece(model, "\u2581", -10, NORMAL);
            piece(model, "h", -11, NORMAL);
            piece(model, "i", -12, NORMAL);
            piece(model, "hi", -1, NORMAL);
            piece(model, "\u2581hi", -2, NORMAL);
            trainer(model);
            model.flush();
            return Files.write(folder.resolve("tokenizer.model"), out.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void piece(CodedOutputStream model, String text, float score, int type) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream piece = CodedOutputStream.newInstance(bytes);
        piece.writeString(1, text);
        piece.writeFloat(2, score);
        piece.writeEnum(3, type);
        piece.flush();
        model.writeByteArray(1, bytes.toByteArray());
    }

    /** Byte-pair model, unknown characters as bytes. */
    private static void trainer(CodedOutputStream model) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream trainer = CodedOutputStream.newInstance(bytes);
        trainer.writeEnum(3, 2);
        trainer.writeBool(35, true);
        trainer.flush();
        model.writeByteArray(2, bytes.toByteArray());
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
