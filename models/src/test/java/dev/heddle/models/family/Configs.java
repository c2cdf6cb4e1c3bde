package dev.heddle.models.family;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.decoder.Decoder;
import java.util.TreeMap;

/** Configurations for tests: a complete one, and changes to it. */
final class Configs {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Configs() {}

    static ModelConfig of(String file, String json) {
        return new ModelConfig(file, parse(json));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** The configuration with the fields of {@code changes} added or replaced, at any depth. */
    static ModelConfig changed(ModelConfig config, String changes) {
        ObjectNode copy = config.json().deepCopy();
        merge(copy, parse(changes));
        return new ModelConfig(config.file(), copy);
    }

    private static void merge(ObjectNode target, JsonNode changes) {
        changes.properties().forEach(field -> {
            if (field.getValue().isObject() && target.path(field.getKey()) instanceof ObjectNode inner) {
                merge(inner, field.getValue());
            } else {
                target.set(field.getKey(), field.getValue());
            }
        });
    }

    static ModelConfig without(ModelConfig config, String field) {
        ObjectNode copy = config.json().deepCopy();
        copy.remove(field);
        return new ModelConfig(config.file(), copy);
    }

    static Decoder describe(Family family, ModelConfig config) {
        return family.describe(config, new TreeMap<>(), warning -> {});
    }

    static ModelConfig llama() {
        return of("config.json", """
                {'model_type': 'llama', 'vocab_size': 10, 'hidden_size': 16, 'intermediate_size': 24,
                 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2, 'rope_theta': 500.0}""");
    }

    static ModelConfig baichuan() {
        return of("config.json", """
                {'model_type': 'baichuan_m1', 'vocab_size': 10, 'hidden_size': 16, 'intermediate_size': 24,
                 'num_hidden_layers': 2, 'num_attention_heads': 2, 'num_key_value_heads': 1, 'num_swa_attention_heads': 4,
                 'num_swa_key_value_heads': 2, 'sliding_window': 3, 'sliding_window_layers': [1], 'conv_window': 2,
                 'rope_theta': 500.0, 'rms_norm_eps': 1e-6}""");
    }

    static ModelConfig lingua() {
        return of("params.json", """
                {'name': 'x', 'optim': {'lr': 0.1}, 'model': {'dim': 16, 'n_layers': 4, 'n_heads': 4, 'vocab_size': 10,
                 'mta': {'use_mta': true, 'query_kernel_size': 3, 'key_kernel_size': 5, 'mta_layers': '1, 3'}}}""");
    }
}
