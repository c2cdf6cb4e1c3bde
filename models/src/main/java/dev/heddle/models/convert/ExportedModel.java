package dev.heddle.models.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.export.NumericsJson;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.Family;
import dev.heddle.models.family.ModelConfig;
import dev.heddle.models.layout.PlanJson;
import dev.heddle.models.layout.SourcePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A model folder as an export made it. Close it when done.
 *
 * @param provenance what the model says it was made from: a digest of the source's contents, or the name of a preset
 * @param decoder as the source described it
 * @param quantization what the model says of its codes of few bits
 * @param weights the model's constants under their names in the graph
 */
record ExportedModel(
        Path folder,
        String provenance,
        Family family,
        Decoder decoder,
        Quantization quantization,
        SourcePlan plan,
        Checkpoint weights)
        implements AutoCloseable {

    private static final List<String> CONFIGS = List.of("config.json", "params.json");

    /**
     * @throws ModelFormatException if it is no model folder, or lacks what the way back needs
     * @throws IOException if a file cannot be read
     */
    static ExportedModel open(Path folder) throws IOException {
        Path file = folder.resolve(ModelWriter.MODEL_FILE);
        Model model = ModelReader.read(file);
        JsonNode description = description(file, model);
        SourcePlan plan = PlanJson.read(description.path("checkpoint"));
        Family family = Families.named(description.path("family").asText());
        Decoder decoder = family.describe(config(folder, plan), plan.shapes(), warning -> {});
        return new ExportedModel(
                folder,
                description.path("source").asText(),
                family,
                decoder,
                NumericsJson.read(description).quantization(),
                plan,
                Checkpoints.ofModel(model));
    }

    Remarks remarks() {
        return new Remarks(
                quantization instanceof Quantization.Blocks blocks
                        ? blocks.format().summary()
                        : "");
    }

    private static JsonNode description(Path file, Model model) {
        String text = model.metadata().get(ModelExport.METADATA_KEY);
        JsonNode description;
        try {
            description = new ObjectMapper().readTree(text == null ? "{}" : text);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    file + ": metadata " + ModelExport.METADATA_KEY + ": expected JSON, got " + e.getOriginalMessage(),
                    e);
        }
        if (!description.has("checkpoint")) {
            throw new ModelFormatException(file + ": expected a model that says what its source's files were, got "
                    + (text == null ? "one that Heddle did not write" : "one of an older Heddle")
                    + "; only an export can be converted back");
        }
        return description;
    }

    private static ModelConfig config(Path folder, SourcePlan plan) {
        return CONFIGS.stream()
                .filter(plan.companions()::containsValue)
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(ModelConfig::read)
                .orElseThrow(() -> new ModelFormatException(folder + ": expected the configuration "
                        + String.join(" or ", CONFIGS) + " beside the model, found none; copy it there"));
    }

    @Override
    public void close() {
        weights.close();
    }
}
