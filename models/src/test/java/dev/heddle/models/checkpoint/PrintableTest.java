package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void controlCharacters_areReplaced() {
        assertThat(Printable.of("a\nb\u001b[31mc\u2028d\u202ee")).isEqualTo("a?b?[31mc?d?e");
    }

    @Test
    void longText_isCut() {
        assertThat(Printable.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
        assertThat(Printable.of("x".repeat(200))).isEqualTo("x".repeat(200));
    }
}
