package dev.heddle.models.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PresetsTest {

    static List<Preset> presets() {
        return Presets.all();
    }

    /** Published or computed from the released configurations and from the published sizes of files. */
    @ParameterizedTest
    @CsvSource({
        "mta-300m-baseline, 388277248",
        "mta-300m-talking-heads, 388287488",
        "mta-300m, 388300628",
        "mta-550m-baseline, 651818240",
        "mta-550m-talking-heads, 651823040",
        "mta-550m, 651837128",
        "mta-880m-baseline, 876553728",
        "mta-880m-talking-heads, 876566016",
        "mta-880m, 876583320",
        "mta-1b-baseline, 1495894016",
        "mta-1b-talking-heads, 1495906304",
        "mta-1b, 1495925144",
        "mta-toy-baseline, 3418368",
        "mta-toy, 3418512",
        "baichuan-m1-14b, 14470764320",
        // The paper's 876567552 without the weights of the heads' norms, 24 * 2 * 96.
        "diff-880m, 876562944",
        // The baseline, 6 layers of 16 kernels of 6x11, 24 layers of 8 mixes of 2x2 and a norm of 96.
        "mta-v1-880m, 876563136",
    })
    void parameterCount_isThePublishedOne(String name, long parameters) {
        assertThat(Presets.named(name).decoder().parameterCount()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"1.5b, 28, 16", "2.9b, 32, 4", "6.7b, 32, 32", "13b, 40, 40", "19b, 48, 4"})
    void shift_addsFourNumbersPerLayerAndKeyHead(String size, int layers, int keyValueHeads) {
        long shifted = Presets.named("kvshift-" + size).decoder().parameterCount();
        long plain = Presets.named("llama-" + size).decoder().parameterCount();

        assertThat(shifted - plain).isEqualTo(4L * layers * keyValueHeads);
    }

    @ParameterizedTest
    @CsvSource({"1.5b, 1.5", "2.9b, 2.9", "6.7b, 6.7", "13b, 13", "19b, 19"})
    void plainModels_haveTheSizeOfTheirNames(String size, double billions) {
        double parameters = Presets.named("llama-" + size).decoder().parameterCount() / 1e9;

        assertThat(parameters).isBetween(0.95 * billions, 1.05 * billions);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void initializedCheckpoint_holdsExactlyTheTensorsOfTheModel(Preset preset) {
        var shapes = InitializedCheckpoint.of(preset.decoder(), Initialization.RANDOM, 1)
                .tensors();

        assertThat(shapes.keySet()).isEqualTo(preset.decoder().storedTensors().keySet());
        assertThat(shapes).allSatisfy((name, tensor) -> assertThat(tensor.shape())
                .isEqualTo(preset.decoder().storedTensors().get(name)));
    }

    @Test
    void names_areUnique() {
        assertThat(Presets.all()).extracting(Preset::name).doesNotHaveDuplicates();
    }

    @Test
    void unknownName_isRefusedWithTheNearestOnes() {
        assertThatThrownBy(() -> Presets.named("mta-330m"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "preset:mta-330m: expected the name of a preset, the nearest are mta-300m, mta-550m, mta-880m;"
                                + " heddle presets lists all");
    }

    @Test
    void describingAPreset_warnsOfNothing() {
        assertThat(Presets.all()).allSatisfy(preset -> {
            try (var model = preset.open(Initialization.IDENTITY, 0)) {
                assertThat(model.warnings()).isEmpty();
            }
        });
    }
}
