package dev.heddle.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.ModelFormatException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiktokenTokensTest {
    @TempDir
    private Path folder;

    /** Tokens across a border of words must not be found: each of these is in the list of ranks. */
    @ParameterizedTest
    @CsvSource({
        "'a b', 97 32 98", // "a " would cross from word to word
        "1234, 256 52", // digits go in threes
        "'x'' y', 120 39 32 121", // an apostrophe without an ending stays alone
    })
    void words_areSplitAsLlamaDoes(String text, String ids) {
        TokenizerFixtures.writeTiktoken(folder, "123", "1234", "a ", "' y");
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(withoutBos(tokenizer.encode(text))).isEqualTo(ids);
        }
    }

    @Test
    void contraction_isOneWordInEitherCase() {
        TokenizerFixtures.writeTiktoken(folder, "'S");
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(withoutBos(tokenizer.encode("it'S"))).isEqualTo("105 116 256");
        }
    }

    @Test
    void unicodeSpace_isASpace() {
        // Were the ideographic space a sign, it would go with the full stop behind it.
        TokenizerFixtures.writeTiktoken(folder, "\u3000", "\u3000.");
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(withoutBos(tokenizer.encode("\u3000."))).isEqualTo("256 46");
        }
    }

    @Test
    void textOfASpecialToken_isOrdinaryText() {
        TokenizerFixtures.writeTiktoken(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("<|end_of_text|>")).hasSize(16).doesNotContain(257);
        }
    }

    @Test
    void specialTokens_followTheRanks() {
        TokenizerFixtures.writeTiktoken(folder, "hi");
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(tokenizer.encode("hi")).containsExactly(257, 256);
            assertThat(tokenizer.endOfText()).hasValue(258);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'aGk= 0\nnonsense', 'line 2: expected base64 and a rank, got nonsense'",
        "'aGk= 0\naA== 2', 'line 2: expected rank 1, got 2'",
        "'aGk= 0\naGk= 1', 'line 2: the token aGk= is there twice'",
        "'aGk= 0\na 1', 'line 2: a is not base64'"
    })
    void brokenLine_isRefusedWithItsNumber(String content, String message) {
        Path file = TokenizerFixtures.write(folder.resolve("tokenizer.model"), content);

        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ", " + message);
    }

    private static String withoutBos(long[] ids) {
        return String.join(
                " ", Arrays.stream(ids).skip(1).mapToObj(Long::toString).toList());
    }
}
