package dev.heddle.exporter.graph;

/** A value's name and type, as graph inputs, outputs and value infos list them. */
public record NamedType(String name, TensorType type) {}
