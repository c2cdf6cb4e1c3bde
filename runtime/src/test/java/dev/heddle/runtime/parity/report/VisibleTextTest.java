package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibleTextTest {
    @Test
    void whatIsNotSeen_isSpeltOut() {
        assertThat(VisibleText.of("a\nb\r\tc\0\u001b[31m\u202e\u2028\ud800\u200b"))
                .isEqualTo("a\\nb\\r\\tc\\u{0}\\u{1b}[31m\\u{202e}\\u{2028}\\u{d800}\\u{200b}");
    }

    @Test
    void whatIsSeen_staysAsItIs() {
        assertThat(VisibleText.of("layers.0/Mat Mul <ä> 重み 😀")).isEqualTo("layers.0/Mat Mul <ä> 重み 😀");
    }

    @Test
    void longText_keepsItsEnds() {
        assertThat(VisibleText.of("abcdefghij", 10)).isEqualTo("abcdefghij");
        assertThat(VisibleText.of("abcdefghijk", 10)).isEqualTo("abcd…ghijk").hasSize(10);
        assertThat(VisibleText.of("😀😀😀😀😀", 3)).isEqualTo("😀…😀");
    }
}
