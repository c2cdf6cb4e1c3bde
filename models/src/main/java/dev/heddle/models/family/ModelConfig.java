package dev.heddle.models.family;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A source's configuration file.
 *
 * @param file its name, for messages: {@code config.json} or {@code params.json}
 * @param json the object in it
 */
public record ModelConfig(String file, JsonNode json) {}
