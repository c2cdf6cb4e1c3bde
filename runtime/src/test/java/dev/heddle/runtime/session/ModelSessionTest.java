package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.toy.ToyGraph;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("ort")
@Timeout(60)
class ModelSessionTest {
    private static final Map<String, HostTensor> TWO_TOKENS = Map.of(
            "input_ids", HostTensor.ofLongs(new long[] {3, 5}, 1, 2),
            "attention_mask", HostTensor.ofLongs(new long[] {1, 1}, 1, 2),
            "position_ids", HostTensor.ofLongs(new long[] {0, 1}, 1, 2));

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() {
        model = ToyLanguageModel.write(folder.resolve("toy"));
    }

    @Test
    void folderAndFile_openTheSameModel() {
        try (var byFolder = ModelSession.open(model.getParent(), SessionOptions.defaults());
                var byFile = ModelSession.open(model, SessionOptions.defaults())) {
            assertThat(byFolder.file()).isEqualTo(byFile.file()).isEqualTo(new ModelFile(model, model.getParent()));
        }
    }

    @Test
    void declaredInputsAndOutputs_keepNamesTypesAndSymbols() {
        ToyLanguageModel.write(model.getParent(), Part.CACHE);

        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            assertThat(session.inputs())
                    .extracting(TensorSpec::toString)
                    .containsExactly(
                            "input_ids: int64 [batch, q_len]",
                            "attention_mask: int64 [batch, total_len]",
                            "position_ids: int64 [batch, q_len]",
                            "past_key_values.0.key: float32 [batch, 1, past_len, 4]",
                            "past_key_values.0.last_key: float32 [batch, 1, 1, 4]");
            assertThat(session.outputs())
                    .extracting(TensorSpec::toString)
                    .containsExactly(
                            "logits: float32 [batch, q_len, 11]",
                            "present.0.key: float32 [batch, 1, total_len, 4]",
                            "present.0.last_key: float32 [batch, 1, 1, 4]");
        }
    }

    @Test
    void metadata_isGivenBackAsWritten() {
        var graph = new ToyGraph().input("x", DType.FLOAT32, "n").output("y", DType.FLOAT32, "n");
        graph.node("y", "Neg", "x");
        graph.metadata("heddle", "{\"variant\":\"mta\"}").write(folder);

        try (var session = ModelSession.open(folder, SessionOptions.defaults())) {
            assertThat(session.metadata()).containsExactly(Map.entry("heddle", "{\"variant\":\"mta\"}"));
        }
    }

    @Test
    void run_onEachFloatType_movesTheBitsUnchanged() {
        var graph = new ToyGraph()
                .input("half", DType.FLOAT16, 3)
                .output("half_out", DType.FLOAT16, 3)
                .input("brain", DType.BFLOAT16, 2)
                .output("brain_out", DType.BFLOAT16, 2)
                .input("flag", DType.BOOL, 2)
                .output("flag_out", DType.BOOL, 2)
                .input("wide", DType.FLOAT64, 1)
                .output("wide_out", DType.FLOAT64, 1);
        graph.node("half_out", "Identity", "half");
        graph.node("brain_out", "Identity", "brain");
        graph.node("flag_out", "Not", "flag");
        graph.node("wide_out", "Identity", "wide");
        graph.write(folder);
        HostTensor half = HostTensor.zeros(DType.FLOAT16, 3);
        half.bytes().asShortBuffer().put(new short[] {0x3c00, (short) 0xc000, 0x0001});
        HostTensor brain = HostTensor.zeros(DType.BFLOAT16, 2);
        brain.bytes().asShortBuffer().put(new short[] {0x3f80, (short) 0xbfc0});
        HostTensor flag = HostTensor.zeros(DType.BOOL, 2);
        flag.bytes().put(0, (byte) 1);

        try (var session = ModelSession.open(folder, SessionOptions.defaults())) {
            var outputs = session.run(Map.of(
                    "half", half, "brain", brain, "flag", flag, "wide", HostTensor.ofDoubles(new double[] {0.1}, 1)));

            assertThat(outputs.get("half_out").bytes()).isEqualTo(half.bytes());
            assertThat(outputs.get("brain_out").bytes()).isEqualTo(brain.bytes());
            assertThat(outputs.get("flag_out").bytes().get(1)).isOne();
            assertThat(outputs.get("wide_out").doubles().get(0)).isEqualTo(0.1);
        }
    }

    @Test
    void externalData_isFoundBesideTheModel() throws IOException {
        var graph = new ToyGraph().input("x", DType.FLOAT32, 2).output("y", DType.FLOAT32, 2);
        graph.constant("w", HostTensor.ofFloats(new float[] {10, 20}, 2));
        graph.node("y", "Add", "x", "w");
        var proto = ModelProto.parseFrom(Files.readAllBytes(graph.write(folder))).toBuilder();
        var weight = proto.getGraphBuilder().getInitializerBuilder(0);
        Files.write(folder.resolve("model.onnx.data"), weight.getRawData().toByteArray());
        weight.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("model.onnx.data"));
        Files.write(folder.resolve("model.onnx"), proto.build().toByteArray());

        try (var session = ModelSession.open(folder, SessionOptions.defaults())) {
            var outputs = session.run(Map.of("x", HostTensor.ofFloats(new float[] {1, 2}, 2)));

            assertThat(outputs.get("y").floats().get(1)).isEqualTo(22);
        }
    }

    @Test
    void emptyFolder_isRefused() {
        assertThatThrownBy(() -> ModelSession.open(folder, SessionOptions.defaults()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(folder + ": expected a file model.onnx in this folder, found none");
    }

    @Test
    void missingPath_isRefused() {
        Path missing = folder.resolve("nowhere.onnx");

        assertThatThrownBy(() -> ModelSession.open(missing, SessionOptions.defaults()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(missing + ": expected a model folder or an .onnx file, found nothing");
    }

    @Test
    void brokenFile_isOneLineWithOrtText() throws IOException {
        Files.writeString(model, "not a model");

        assertThatThrownBy(() -> ModelSession.open(model, SessionOptions.defaults()))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        "opening " + model + " on CPU: Load model from " + model + " failed:Protobuf parsing failed.");
    }

    @Test
    void stringInput_isRefusedByName() throws IOException {
        var graph = new ToyGraph().input("x", DType.FLOAT32, "n").output("y", DType.FLOAT32, "n");
        graph.node("y", "Identity", "x");
        var proto = ModelProto.parseFrom(Files.readAllBytes(graph.write(folder))).toBuilder();
        int string = 8;
        proto.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(string);
        proto.getGraphBuilder()
                .getOutputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(string);
        Path file = Files.write(folder.resolve("model.onnx"), proto.build().toByteArray());

        assertThatThrownBy(() -> ModelSession.open(folder, SessionOptions.defaults()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file
                        + ": x has element type STRING, expected one of [float32, float64, float16, bfloat16, int64,"
                        + " int32, int8, uint8, bool]");
    }

    @Test
    void run_withMissingInput_namesIt() {
        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            assertThatThrownBy(() -> session.run(Map.of("input_ids", HostTensor.ofLongs(new long[] {3}, 1, 1))))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("running " + model + " on CPU: expected the inputs [input_ids, attention_mask,"
                            + " position_ids], got [input_ids]");
        }
    }

    @Test
    void run_withWrongType_isOneLineWithOrtText() {
        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            var inputs = new HashMap<>(TWO_TOKENS);
            inputs.put("input_ids", HostTensor.ofFloats(new float[] {3, 5}, 1, 2));

            assertThatThrownBy(() -> session.run(inputs))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("running " + model
                            + " on CPU: Unexpected input"
                            + " data type. Actual: (tensor(float)) , expected: (tensor(int64))");
        }
    }

    @Test
    void cuda_onBuildWithoutIt_failsInsteadOfFallingBack() {
        var options = SessionOptions.builder().provider(Provider.CUDA).build();

        assertThatThrownBy(() -> ModelSession.open(model, options))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("opening " + model
                        + " on CUDA: this build of ONNX Runtime cannot use it, put onnxruntime_gpu on"
                        + " the class path or choose the provider CPU: "
                        + "Failed to find CUDA shared provider");
    }

    @Test
    void native_withoutLibrary_saysHowToGetOne() {
        var options = SessionOptions.builder()
                .ops(OpsMode.NATIVE)
                .opsLibrary(Optional::empty)
                .build();

        assertThatThrownBy(() -> ModelSession.open(model, options))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("opening " + model + ": ops NATIVE needs the library libheddle_ops, found none; set"
                        + " HEDDLE_OPS_LIBRARY to its file or use ops AUTO or PORTABLE");
    }

    @Test
    void auto_withLibrary_registersIt() {
        var options =
                SessionOptions.builder().opsLibrary(() -> Optional.of(model)).build();

        assertThatThrownBy(() -> ModelSession.open(model, options))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("opening " + model + " on CPU: Failed to load library " + model + " with error: " + model
                        + ": invalid ELF header");
    }

    @Test
    void portable_neverAsksForTheLibrary() {
        var options = SessionOptions.builder()
                .ops(OpsMode.PORTABLE)
                .opsLibrary(() -> {
                    throw new AssertionError("asked for the library");
                })
                .build();

        assertThatCode(() -> ModelSession.open(model, options).close()).doesNotThrowAnyException();
    }

    @Test
    void request_withOutputAskedForTwice_isRefused() {
        try (var place = NativeTensor.of(HostTensor.zeros(DType.FLOAT32, 1))) {
            assertThatThrownBy(() -> new RunRequest(Map.of(), Set.of("y"), Map.of("y", place)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("output y has a place already, do not ask for it again");
        }
    }

    @Test
    void request_withoutOutputs_isRefused() {
        assertThatThrownBy(() -> new RunRequest(Map.of(), Set.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a run needs at least one output");
    }
}
