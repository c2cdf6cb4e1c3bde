package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class NameScopeTest {

    private final NameScope names = new NameScope();

    @Test
    void unique_onAClash_countsFromTwo() {
        assertThat(names.unique("context")).isEqualTo("context");
        assertThat(names.unique("context")).isEqualTo("context_2");
        assertThat(names.unique("context")).isEqualTo("context_3");
    }

    @Test
    void unique_whereTheNumberIsTaken_takesTheNext() {
        names.exactly("context");
        names.exactly("context_2");

        assertThat(names.unique("context")).isEqualTo("context_3");
    }

    @Test
    void exactly_onAClash_isRefused() {
        names.unique("x");

        assertThatThrownBy(() -> names.exactly("x"))
                .isInstanceOf(GraphException.class)
                .hasMessage("the name x is taken already; it can be given only once");
    }
}
