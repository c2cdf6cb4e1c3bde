package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.Provider;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SideNameTest {

    @TempDir
    private Path folder;

    @Test
    void words_sayHowAModelIsRun() {
        SideName side = SideName.of("out/mta@inlined,portable,cuda");

        assertThat(side.name()).isEqualTo("out/mta");
        assertThat(side).hasToString("out/mta@inlined,portable,cuda");
        assertThat(side.has(SideName.Word.INLINED)).isTrue();
        SessionOptions options =
                side.session(SessionOptions.builder().intraOpThreads(3).build());
        assertThat(options.ops()).isEqualTo(OpsMode.PORTABLE);
        assertThat(options.provider()).isEqualTo(Provider.CUDA);
        assertThat(options.intraOpThreads()).isEqualTo(3);
    }

    @Test
    void noWords_leaveTheUsualOptions() {
        SessionOptions usual = SessionOptions.builder().ops(OpsMode.PORTABLE).build();

        assertThat(SideName.of("preset:mta-300m").session(usual)).isEqualTo(usual);
        assertThat(SideName.of("at@home/model").words()).isEmpty();
    }

    @Test
    void fileOfTheWholeName_isTheSide() throws IOException {
        Path file = Files.createFile(folder.resolve("model@native"));

        assertThat(SideName.of(file.toString())).hasToString(file.toString()).satisfies(side -> assertThat(side.words())
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "m@fast|m@fast: expected after @ some of float64, inlined, auto, native, portable, cpu, cuda, got 'fast'",
                "m@|m@: expected after @ some of float64, inlined, auto, native, portable, cpu, cuda, got ''",
                "m@native,portable|m@native,portable: expected native or portable, got both",
                "m@cuda,float64|m@cuda,float64: expected float64 or cuda, got both",
                "m@inlined,float64|m@inlined,float64: expected float64 or inlined, got both"
            })
    void wordsThatMeanNothing_areRefused(String text, String message) {
        assertThatThrownBy(() -> SideName.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void wordsBehindWhatIsNoModel_areRefused() {
        assertThatThrownBy(() -> SideName.of("x.npz@native").checkWords())
                .hasMessage("x.npz@native: expected an exported model before the @, got stored tensors");
        assertThatThrownBy(() -> SideName.of("preset:mta-300m@native").checkWords())
                .hasMessage("preset:mta-300m@native: expected an exported model before the @, got a checkpoint or"
                        + " nothing");
    }
}
