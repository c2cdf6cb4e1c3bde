package dev.heddle.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizerTest {
    private enum Format {
        HUGGING_FACE {
            @Override
            void write(Path folder) {
                TokenizerFixtures.writeHuggingFace(folder);
            }
        },
        TIKTOKEN {
            @Override
            void write(Path folder) {
                TokenizerFixtures.writeTiktoken(folder, "hi", " hi");
            }
        },
        SENTENCE_PIECE {
            @Override
            void write(Path folder) {
                TokenizerFixtures.writeSentencePiece(folder);
            }
        };

        abstract void write(Path folder);
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Format.class)
    void encoded_decodesToTheSameText(Format format) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.decode(tokenizer.encode("hi hi é"))).isEqualTo("hi hi é");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HUGGING_FACE, '0 5 6 4 7 8'",
        "TIKTOKEN, '258 256 257 32 195 169'",
        "SENTENCE_PIECE, '1 263 263 259 198 172'"
    })
    void ids_haveBeginOfTextInFront(Format format, String ids) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("hi hi é")).containsExactly(numbers(ids));
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void longText_isNotCut(Format format) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("hi" + " hi".repeat(4999))).hasSize(5001);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void idsBeyondTheTokenizer_areSkipped(Format format) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            long[] hi = tokenizer.encode("hi");

            assertThat(tokenizer.decode(new long[] {hi[1], 1_000_000, hi[0]})).isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void emptyText_isBeginOfTextAlone(Format format) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("")).hasSize(1);
            assertThat(tokenizer.decode(new long[0])).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"TIKTOKEN, 259", "SENTENCE_PIECE, 2"})
    void endOfText_isKnownWhereTheFileSaysIt(Format format, long id) {
        format.write(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.endOfText()).hasValue(id);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void use_afterClose_isRefused(Format format) {
        format.write(folder);
        Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow();
        tokenizer.close();
        tokenizer.close();

        assertThatThrownBy(() -> tokenizer.encode("hi"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("tokenizer .*/tokenizer\\.(json|model) is closed");
        assertThatThrownBy(() -> tokenizer.decode(new long[] {5})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void folderWithoutTokenizer_hasNone() {
        assertThat(Tokenizer.open(folder)).isEmpty();
    }

    @Test
    void json_winsOverModel() {
        TokenizerFixtures.writeSentencePiece(folder);
        TokenizerFixtures.writeHuggingFace(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("hi")).containsExactly(0, 5);
        }
    }

    @Test
    void config_canTurnBeginOfTextOffAndEndOfTextOn() {
        TokenizerFixtures.writeSentencePiece(folder);
        TokenizerFixtures.write(
                folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": false, \"add_eos_token\": true}");
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("hi")).containsExactly(263, 2);
        }
    }

    @Test
    void brokenConfig_isRefusedWithItsLine() {
        TokenizerFixtures.writeSentencePiece(folder);
        Path config = TokenizerFixtures.write(folder.resolve("tokenizer_config.json"), "{\n\"add_bos_token\": maybe}");

        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(config
                        + ": expected JSON, line 2: Unrecognized token 'maybe': was expecting (JSON String, Number,"
                        + " Array, Object or token 'null', 'true' or 'false')");
    }

    @Test
    void brokenJson_isRefused() {
        Path file = TokenizerFixtures.write(folder.resolve("tokenizer.json"), "{}");

        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": not a tokenizer the library can read: ");
    }

    @ParameterizedTest
    @CsvSource({"''", "not a model", "'\n\u0001'"})
    void unknownModelFile_isRefused(String content) {
        Path file = TokenizerFixtures.write(folder.resolve("tokenizer.model"), content);

        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": expected a SentencePiece model or a list of tiktoken ranks");
    }

    @Test
    void truncatedSentencePiece_isRefused() throws IOException {
        Path file = TokenizerFixtures.writeSentencePiece(folder);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": expected a SentencePiece model or a list of tiktoken ranks");
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }
}
