package dev.heddle.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncrementalTextTest {
    @TempDir
    private Path folder;

    @Test
    void leadingSpace_isKeptBehindAPrompt() {
        TokenizerFixtures.writeSentencePiece(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(pieces(tokenizer, tokenizer.encode("hi"), 263, 260)).containsExactly(" hi", "h");
        }
    }

    @Test
    void leadingSpace_isDroppedAtTheStartOfAText() {
        TokenizerFixtures.writeSentencePiece(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(pieces(tokenizer, new long[] {1}, 263, 263)).containsExactly("hi", " hi");
        }
    }

    @Test
    void leadingSpace_isKeptBehindATokenWithoutText() {
        TokenizerFixtures.writeSentencePiece(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(pieces(tokenizer, tokenizer.encode("hi"), 263, 2, 263)).containsExactly(" hi", "", " hi");
        }
    }

    @Test
    void characterOfManyBytes_comesWithItsLastByte() {
        TokenizerFixtures.writeTiktoken(folder);
        long[] heart = {0xf0, 0x9f, 0xa7, 0xb5, '!'};
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            assertThat(pieces(tokenizer, tokenizer.encode("a"), heart))
                    .containsExactly("", "", "", "\ud83e\uddf5", "!");
        }
    }

    @Test
    void brokenBytes_areNotHeldBackForEver() {
        TokenizerFixtures.writeTiktoken(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            List<String> pieces = pieces(tokenizer, tokenizer.encode("a"), 0xff, 0xff, 0xff, 0xff, 'b');

            assertThat(pieces).containsExactly("", "", "", "\ufffd\ufffd\ufffd\ufffd", "b");
        }
    }

    @Test
    void pieces_addUpToTheWholeText() {
        TokenizerFixtures.writeHuggingFace(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder).orElseThrow()) {
            long[] ids = tokenizer.encode("hi hi é hiéé hi");

            assertThat(String.join("", pieces(tokenizer, new long[0], ids))).isEqualTo("hi hi é hiéé hi");
        }
    }

    private static List<String> pieces(Tokenizer tokenizer, long[] prompt, long... ids) {
        var text = new IncrementalText(tokenizer, prompt);
        return Arrays.stream(ids).mapToObj(text::append).toList();
    }
}
