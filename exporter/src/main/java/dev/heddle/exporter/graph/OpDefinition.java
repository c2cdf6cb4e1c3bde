package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema;

/** An operator as the graph sees it: its signature and its inference rule. */
public record OpDefinition(OpSchema schema, InferenceRule rule) {}
