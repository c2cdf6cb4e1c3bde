package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the modes of {@code heddle parity} report, in every form, of a right model and of one with a damaged weight. */
final class ParityModesTest {

    private static final Path SOURCE = Path.of("../models/src/test/resources/samples/ram-mta-v2");
    private static final String DAMAGED = "layers.1.attention.wv.weight_t";

    @TempDir
    private static Path models;

    private static Path right;
    private static Path wrong;

    @TempDir
    private Path folder;

    @BeforeAll
    static void exportModels() throws IOException {
        right = ExportedModels.export("ram-mta-v2", models, "--max-len", "64", "--cache", "static");
        wrong = ExportedModels.copy(right, models.resolve("wrong"));
        try (RandomAccessFile data =
                new RandomAccessFile(wrong.resolve("model.onnx.data").toFile(), "rw")) {
            data.seek(place(wrong.resolve("model.onnx")));
            data.write(new byte[64]);
        }
    }

    private static long place(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int name = text.lastIndexOf(DAMAGED);
        String behind = text.substring(text.indexOf("offset", name));
        return Long.parseLong(behind.replaceFirst("(?s)^offset[^0-9]*", "").replaceFirst("(?s)[^0-9].*", ""));
    }

    private CommandRun run(Path model, String... modes) {
        List<Object> arguments = new ArrayList<>(List.of("parity", SOURCE, model, "--length", "12"));
        arguments.addAll(List.of(modes));
        arguments.addAll(List.of("--json", file("json"), "--html", file("html"), "--junit", file("xml")));
        return CommandRun.of(arguments.toArray());
    }

    private Path file(String suffix) {
        return folder.resolve("report." + suffix);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(file("json").toFile());
    }

    private String junit(String attribute) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(file("xml").toFile())
                .getDocumentElement()
                .getAttribute(attribute);
    }

    private static List<String> texts(JsonNode nodes, String key) {
        List<String> texts = new ArrayList<>();
        nodes.forEach(node -> texts.add(node.path(key).asText()));
        return texts;
    }

    @ParameterizedTest
    @CsvSource({
        "--all,values,200",
        "--replay,nodes alone,200",
        "--bisect,first wrong node; values that were looked at,200",
        "--weights,weights,40",
        "--decode,'decode; decode, dynamic cache against static',8",
        "--causal,causal,1"
    })
    void rightModel_passesInEveryForm(String mode, String sections, int checks) throws Exception {
        CommandRun run = run(right, mode);

        run.assertDone();
        assertThat(texts(json().path("sections"), "name")).containsExactly(sections.split("; "));
        assertThat(json().path("judged").asInt()).isGreaterThanOrEqualTo(checks);
        assertThat(junit("failures")).isEqualTo("0");
        assertThat(file("html")).content().contains("SAME: ").doesNotContain("class=\"fail\"");
        assertThat(run.out()).contains("SAME: ");
    }

    @Test
    void allModes_goIntoOneReport() throws Exception {
        run(right, "--all", "--replay", "--bisect", "--weights", "--decode", "--causal")
                .assertDone();

        assertThat(json().path("sections")).hasSize(8);
    }

    @Test
    void damagedWeight_isFoundByEachMode() throws Exception {
        Path repro = folder.resolve("repro");

        CommandRun run = run(wrong, "--weights", "--replay", "--all", "--bisect", "--repro", repro.toString());

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        JsonNode sections = json().path("sections");
        Map<String, JsonNode> byName = new TreeMap<>();
        sections.forEach(section -> byName.put(section.path("name").asText(), section));
        assertThat(texts(byName.get("weights").path("tensors"), "name")).containsExactly(DAMAGED);
        String culprit = "layers.1.attention.wv.v/MatMul";
        assertThat(byName.get("nodes alone").path("failed_tensors").asInt()).isEqualTo(1);
        assertThat(texts(byName.get("nodes alone").path("findings"), "where")).contains(culprit);
        assertThat(texts(byName.get("values").path("findings"), "where")).contains(culprit);
        assertThat(byName.get("values").path("failed_tensors").asInt()).isGreaterThan(20);
        assertThat(texts(byName.get("values").path("illustrations"), "kind")).contains("error_map", "attention_scores");
        JsonNode verdict = byName.get("first wrong node");
        assertThat(verdict.at("/findings/0/where").asText()).isEqualTo(culprit);
        assertThat(texts(verdict.path("illustrations"), "kind")).containsExactly("error_map", "neighbourhood");
        assertThat(FolderContents.names(repro)).contains("repro.onnx", "inputs.safetensors", "expected.safetensors");
        assertThat(Integer.parseInt(junit("failures"))).isGreaterThan(20);
    }

    @Test
    void weightsOfFewBits_areJudgedByTheirSource() throws Exception {
        Path coded = ExportedModels.export(
                "ram-mta-v2", folder, "--weights", "int4", "--asymmetric", "--exclude", "*.w2.weight");

        CommandRun run = run(coded, "--weights");

        run.assertDone();
        assertThat(texts(json().at("/sections/0/findings"), "text"))
                .anyMatch(text -> text.matches("uint8\\[96,1,16] the nearest codes for their scales,"
                        + " relative error \\d.\\d\\de-02 \\(Frobenius\\), by plain rounding \\d.\\d\\de-0[12]"));
    }

    @Test
    void values_haveTheirDepth() throws Exception {
        run(right, "--all").assertDone();

        Map<String, Integer> depths = new TreeMap<>();
        json().at("/sections/0/tensors")
                .forEach(tensor -> depths.put(
                        tensor.path("name").asText(), tensor.path("depth").asInt()));
        assertThat(depths.get("tok_embeddings.hidden")).isEqualTo(1);
        assertThat(depths.get("layers.1.attention.wv.v")).isGreaterThan(depths.get("layers.0.attention.wv.v"));
        assertThat(depths.get("logits")).isGreaterThan(depths.get("layers.1.attention.wv.v"));
        assertThat(file("html")).content().contains("depth, nodes from the inputs");
    }

    @Test
    void decode_plotsTheErrorOfEachPosition() throws Exception {
        run(right, "--decode").assertDone();

        List<JsonNode> growths = new ArrayList<>();
        json().at("/sections/0/illustrations").forEach(illustration -> {
            if (illustration.path("kind").asText().equals("growth")) {
                growths.add(illustration);
            }
        });
        assertThat(growths).singleElement().satisfies(growth -> assertThat(growth.path("errors"))
                .hasSize(12));
        assertThat(file("html")).content().contains("class=\"growth\"");
    }

    @Test
    void twoModelsWithDifferentCaches_decodeAlike() throws Exception {
        Path dynamic = ExportedModels.export("ram-mta-v2", folder);

        CommandRun run = CommandRun.of("parity", dynamic, wrong, "--decode", "--length", "12", "--json", file("json"));

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(texts(json().path("sections"), "name")).containsExactly("decode", "decode, A against B");
        assertThat(json().at("/sections/0/passed").asBoolean()).isTrue();
        assertThat(json().at("/sections/1/passed").asBoolean(true)).isFalse();
    }

    @Test
    void fuzz_isReportedToo() throws Exception {
        CommandRun run = CommandRun.of("parity", "--fuzz", "2", "--json", file("json"), "--junit", file("xml"));

        run.assertDone();
        assertThat(json().at("/sections/0/findings/0/where").asText()).isEqualTo("2 random models");
        assertThat(junit("tests")).isEqualTo("1");
    }

    @Test
    void storedValues_areComparedByName() throws Exception {
        Path ids = folder.resolve("ids.safetensors");
        TensorFile.write(ids, Map.of("input_ids", HostTensor.ofLongs(new long[] {1, 2, 3}, 1, 3)));
        Path logits = folder.resolve("logits.safetensors");
        CommandRun.of("run", right, "--input", ids, "--output", logits).assertDone();
        HostTensor values = TensorFile.read(logits, "logits").get("logits");
        float[] stored = new float[values.elementCount()];
        values.floats().get(stored);
        String shape = "(1, 3, " + stored.length / 3 + ")";
        Path same = NpyFiles.archive(
                folder.resolve("same.npz"),
                Map.of("logits", NpyFiles.floats(shape, stored), "input_ids", NpyFiles.longs("(1, 3)", 1, 2, 3)));
        stored[4] += 0.5f;
        Path other = NpyFiles.archive(
                folder.resolve("other.npz"),
                Map.of("logits", NpyFiles.floats(shape, stored), "input_ids", NpyFiles.longs("(1, 3)", 1, 2, 3)));

        CommandRun.of("parity", same, right).assertDone();
        CommandRun.of("parity", same, right, "--all").assertDone();
        assertThat(CommandRun.of("parity", other, right).exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(CommandRun.of("parity", other, right, "--all").out())
                .contains("logits: 1 of 120 differ")
                .contains("values: 1 of 1 fails");
    }

    @ParameterizedTest
    @CsvSource({"@portable,@inlined", "@float64,@portable", "@portable,@float64", "@cpu,''", "'',@auto"})
    void aModel_agreesWithItselfHoweverItIsRun(String one, String other) {
        CommandRun.of("parity", right + one, right + other, "--length", "9").assertDone();
        CommandRun.of("parity", right + one, right + other, "--length", "9", "--all")
                .assertDone();
    }

    @Test
    void foreignModels_areComparedByTheirOutputsAndValues() throws Exception {
        Path one = ForeignModel.right().write(folder.resolve("one"));
        Path other = new ForeignModel("pixels", DType.FLOAT32, "Relu", 1, 2, 3, 4.5).write(folder.resolve("other"));

        CommandRun.of("parity", one, one.getParent(), "--batch", "50").assertDone();
        CommandRun outputs = CommandRun.of("parity", one + "@cpu", other, "--batch", "50", "--json", file("json"));

        assertThat(outputs.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(texts(json().at("/sections/0/tensors"), "name")).containsExactly("scores");
        CommandRun.of("parity", one, other, "--batch", "50", "--bisect", "--json", file("json"));
        assertThat(json().at("/sections/0/findings/0/where").asText()).isEqualTo("hidden/MatMul");
    }

    @Test
    void foreignModel_takesItsInputsFromAFile() throws Exception {
        Path model = ForeignModel.right().write(folder.resolve("one"));
        Path other = new ForeignModel("pixels", DType.FLOAT32, "Relu", 1, 9, 3, 4).write(folder.resolve("other"));
        Path zero = NpyFiles.archive(folder.resolve("zero.npz"), Map.of("pixels", NpyFiles.floats("(1, 2)", 0, 1)));

        CommandRun.of("parity", model, other, "--input", zero).assertDone();
        assertThat(CommandRun.of("parity", model, other, "--batch", "50").exitCode())
                .isEqualTo(Heddle.PARITY_MISMATCH);
    }

    @Test
    void isolatedTrace_isTheSameReport() throws Exception {
        CommandRun run = run(wrong, "--bisect", "--isolate");

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(run.out()).contains("layers.1.attention.wv.v/MatMul");
        assertThat(json().path("passed").asBoolean(true)).isFalse();
    }

    @Test
    void isolatedSide_thatFails_isAFinding() throws Exception {
        CommandRun run = CommandRun.of("parity", SOURCE, right, "--length", "70", "--isolate", "--json", file("json"));

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(json().at("/sections/0/findings/0/where").asText()).isEqualTo(right.toString());
        assertThat(json().at("/sections/0/findings/0/text").asText())
                .startsWith("running " + right.resolve("model.onnx") + " in a process of its own: exit code 1: heddle:")
                .contains("does not fit max_len 64");
    }

    @Test
    void names_ofTheReport_areThoseOfTheSides() throws Exception {
        run(right, "--causal").assertDone();

        assertThat(json().at("/expected/what").asText()).isEqualTo(SOURCE.toString());
        assertThat(json().at("/actual/what").asText())
                .isEqualTo(right.resolve("model.onnx").toString());
        assertThat(json().at("/inputs/shape")).hasSize(2);
        assertThat(texts(json().path("sections"), "name").stream().collect(Collectors.joining()))
                .isEqualTo("causal");
    }
}
